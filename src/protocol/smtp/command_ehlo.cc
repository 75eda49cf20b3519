// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/command_hello.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp::verb {
namespace {

std::optional<Reaction> run(ServerState& state, std::string_view args) {
  // RFC 2033 §4.1: LMTP servers must not take HELO or EHLO.
  if (state.lmtp()) {
    state.mistake(reason::kWrongProtocol);
    return std::nullopt;
  }
  return run_hello(state, args, Hello::kExtended);
}

}  // namespace

constinit const Verb kEhlo{"EHLO", run};

}  // namespace hikyaku::smtp::verb
