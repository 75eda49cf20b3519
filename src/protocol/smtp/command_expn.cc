// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp::verb {
namespace {

std::optional<Reaction> run(ServerState& state, std::string_view) {
  state.mistake(reason::kNotImplemented);
  return std::nullopt;
}

}  // namespace

// RFC 5321 §4.1.1.7: known, and not offered (§7.3).
constinit const Verb kExpn{"EXPN", run};

}  // namespace hikyaku::smtp::verb
