// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp::verb {
namespace {

std::optional<Reaction> run(ServerState& state, std::string_view) {
  state.reply({250, {2, 0, 0}, "ok"});
  return std::nullopt;
}

}  // namespace

// RFC 5321 §4.1.1.9: a parameter is ignored.
constinit const Verb kNoop{"NOOP", run};

}  // namespace hikyaku::smtp::verb
