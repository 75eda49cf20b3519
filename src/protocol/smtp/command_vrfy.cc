// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp::verb {
namespace {

void accepted(ServerState& state, const Reply* reply) {
  // RFC 5321 §3.5.3, §7.3: who asks learns nothing about who is here.
  state.reply(reply != nullptr ? *reply
                               : Reply{252, {2, 5, 2}, "cannot verify, send some mail and see"});
}

constexpr Question kQuestion{accepted, reply_refusal};

std::optional<Reaction> run(ServerState& state, std::string_view args) {
  if (args.empty()) {
    state.mistake(reason::kBadArgument);
    return std::nullopt;
  }
  state.vrfy_asked = args;
  state.ask(kQuestion);
  return NeedVrfy{state.vrfy_asked};
}

}  // namespace

// RFC 5321 §4.1.1.6
constinit const Verb kVrfy{"VRFY", run};

}  // namespace hikyaku::smtp::verb
