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
  // RFC 6531 §3.7.4.2: our reply is ASCII with it or without it.
  constexpr std::string_view kUtf8 = " SMTPUTF8";
  if (args.size() > kUtf8.size() &&
      equal_ignoring_case(args.substr(args.size() - kUtf8.size()), kUtf8))
    args.remove_suffix(kUtf8.size());
  state.vrfy_asked = args;
  state.ask(kQuestion);
  return NeedVrfy{state.vrfy_asked};
}

}  // namespace

// RFC 5321 §4.1.1.6
constinit const Verb kVrfy{"VRFY", run};

}  // namespace hikyaku::smtp::verb
