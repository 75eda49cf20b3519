// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/extension.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp {

namespace verb {
namespace {

std::optional<Reaction> run(ServerState& state, std::string_view args) {
  if (!args.empty()) {
    state.mistake(reason::kBadArgument);
  } else if (state.tls) {
    state.mistake(reason::kTlsActive);
  } else if (!state.config->starttls) {
    state.mistake(reason::kTlsUnavailable);
  } else if (state.hello.empty()) {
    state.mistake(reason::kHelloFirst);
  } else {
    state.reply({220, {2, 0, 0}, "ready to start TLS"});
    // CVE-2011-0411: what somebody put behind STARTTLS in the clear is not for the time after it.
    if (!state.input.empty()) state.injected = true;
    state.input = {};
    state.phase = ServerState::Phase::kHandshake;
    return StartTls{};
  }
  return std::nullopt;
}

}  // namespace

// RFC 3207 §4
constinit const Verb kStartTls{"STARTTLS", run};

}  // namespace verb

namespace extension {
constinit const Extension kStartTls{
    .keyword = "STARTTLS", .offered = [](const ServerState& s) { return s.offers_starttls(); }};
}  // namespace extension

}  // namespace hikyaku::smtp
