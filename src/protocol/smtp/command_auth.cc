// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "protocol/sasl/base64.h"
#include "protocol/smtp/extension.h"
#include "protocol/smtp/verb.h"
#include "protocol/smtp/xtext.h"

namespace hikyaku::smtp {
namespace {

void accepted(ServerState& state, const Reply* reply) {
  state.authenticated = true;
  state.auth_octets.clear();
  state.phase = ServerState::Phase::kCommand;
  state.reply(reply != nullptr ? *reply : Reply{235, {2, 7, 0}, "authentication successful"});
}

void refused(ServerState& state, const Reply& reply) {
  state.auth_octets.clear();
  state.phase = ServerState::Phase::kCommand;
  state.reply(reply);
  if (state.closed() || !reply.permanent()) return;
  if (++state.auth_failures >= state.config->auth_failures_max) {
    state.reply(refusal(reason::kAuthLimit));
  }
}

constexpr Question kQuestion{accepted, refused};

/// Decodes base64 from the client into state.auth_octets.
bool decode(ServerState& state, std::string_view text) {
  auto octets = sasl::base64_decode(text, state.config->auth_octets_max);
  if (!octets) return false;
  state.auth_octets = *std::move(octets);
  return true;
}

}  // namespace

void auth_challenge(ServerState& state, std::string_view octets) {
  state.phase = ServerState::Phase::kAuth;
  state.output += "334 " + sasl::base64_encode(octets) + "\r\n";
}

std::optional<Reaction> run_auth_line(ServerState& state, std::string_view line) {
  if (line == "*") {  // RFC 4954 §4
    state.phase = ServerState::Phase::kCommand;
    state.mistake(reason::kAuthCancelled);
    return AuthAborted{};
  }
  if (!decode(state, line)) {
    state.phase = ServerState::Phase::kCommand;
    state.mistake(reason::kAuthBase64);
    return AuthAborted{};
  }
  state.ask(kQuestion);
  return AuthResponse{state.auth_octets};
}

namespace verb {
namespace {

const Reason* not_now(const ServerState& state) {
  if (state.config->mechanisms.empty()) return &reason::kAuthUnavailable;
  if (state.hello.empty() || !state.extended) return &reason::kHelloFirst;
  if (state.authenticated) return &reason::kAuthTwice;  // RFC 4954 §4
  if (state.mail) return &reason::kAuthInMail;
  if (!state.offers_auth()) return &reason::kAuthNeedsTls;
  return nullptr;
}

std::optional<Reaction> run(ServerState& state, std::string_view args) {
  if (const Reason* why = not_now(state)) {
    state.mistake(*why);
    return std::nullopt;
  }
  const std::size_t space = args.find(' ');
  const std::string_view name = args.substr(0, space);
  const auto& offered = state.config->mechanisms;
  const auto mechanism = std::ranges::find_if(
      offered, [&](const std::string& each) { return equal_ignoring_case(each, name); });
  if (name.empty()) {
    state.mistake(reason::kBadArgument);
    return std::nullopt;
  }
  if (mechanism == offered.end() || !state.offers(*mechanism)) {
    state.mistake(reason::kAuthMechanism);
    return std::nullopt;
  }
  std::optional<std::string_view> initial;
  if (space != std::string_view::npos) {
    const std::string_view text = args.substr(space + 1);
    // RFC 4954 §4: "=" is a response of no octets.
    if (text == "=") {
      state.auth_octets.clear();
    } else if (text.empty() || !decode(state, text)) {
      state.mistake(reason::kAuthBase64);
      return std::nullopt;
    }
    initial = state.auth_octets;
  }
  state.ask(kQuestion);
  return NeedAuth{*mechanism, initial};
}

}  // namespace

constinit const Verb kAuth{"AUTH", run};

}  // namespace verb

namespace extension {
namespace {

std::string mechanisms(const ServerState& state) {
  std::string out;
  for (const std::string& each : state.config->mechanisms) {
    if (!state.offers(each)) continue;
    if (!out.empty()) out += ' ';
    out += each;
  }
  return out;
}

std::optional<Reply> read_auth(const ServerState& state, std::optional<std::string_view> value,
                               MailParams& params) {
  const auto decoded = value ? xtext_decode(*value) : std::nullopt;
  if (!decoded) return refusal(reason::kParamBad, "AUTH");
  // RFC 4954 §5: what somebody says who is not trusted counts as <>.
  params.auth = state.authenticated && *decoded != "<>" ? *decoded : std::string();
  return std::nullopt;
}

constexpr Parameter<MailParams> kMail[] = {{"AUTH", read_auth}};

}  // namespace

// RFC 4954
constinit const Extension kAuth{.keyword = "AUTH",
                                .offered = [](const ServerState& s) { return s.offers_auth(); },
                                .arguments = mechanisms,
                                .mail = kMail};

}  // namespace extension
}  // namespace hikyaku::smtp
