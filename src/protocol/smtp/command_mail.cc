// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"
#include "protocol/smtp/extension.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp::verb {
namespace {

void accepted(ServerState& state, const Reply* reply) {
  state.mail = std::move(state.mail_asked);
  state.rcpt_seen = false;
  state.reply(reply != nullptr ? *reply : Reply{250, {2, 1, 0}, "sender ok"});
}

constexpr Question kQuestion{accepted, reply_refusal};

/// Whether MAIL may be said at all now.
const Reason* not_now(const ServerState& state) {
  // RFC 3207 §4: 530 to all but NOOP, EHLO, STARTTLS, QUIT; RFC 6409 §4.3.
  if (state.config->tls == TlsNeed::kRequired && !state.tls) return &reason::kTlsRequired;
  if (state.hello.empty()) return &reason::kHelloFirst;
  if (state.mail) return &reason::kNestedMail;  // RFC 5321 §4.1.4
  if (state.config->auth_required && !state.authenticated) return &reason::kAuthRequired;
  return nullptr;
}

std::optional<Reaction> run(ServerState& state, std::string_view args) {
  if (const Reason* why = not_now(state)) {
    state.mistake(*why);
    return std::nullopt;
  }
  if (state.messages >= state.config->messages_max) {
    state.reply(refusal(reason::kTooManyMessages));
    return std::nullopt;
  }
  if (!equal_ignoring_case(args.substr(0, 5), "FROM:")) {
    state.mistake(reason::kBadArgument);
    return std::nullopt;
  }
  args.remove_prefix(5);
  // Why: RFC 5321 §3.3 has no space here, but people who type and old programs do; it is harmless.
  while (args.starts_with(' ')) args.remove_prefix(1);
  state.mail_asked = {};
  const std::string_view given = args;
  auto path = take_reverse_path(args, Utf8::kAllow);
  if (!path) {
    state.mistake(path_reason(given, Utf8::kAllow), path.error().text);
    return std::nullopt;
  }
  state.mail_asked.reverse_path = *std::move(path);
  if (auto refused = read_parameters(state, args, state.mail_asked.params)) {
    state.mistake(*refused);
    return std::nullopt;
  }
  const bool ascii = is_ascii(given.substr(0, given.size() - args.size()));
  if (!ascii && !state.mail_asked.params.smtputf8) {
    Reply reply = refusal(reason::kPathUtf8);
    reply.code = 550;  // RFC 6531 §3.5: 553 is for RCPT
    state.mistake(reply);
    return std::nullopt;
  }
  state.ask(kQuestion);
  return NeedMail{state.mail_asked.reverse_path, state.mail_asked.params};
}

}  // namespace

// RFC 5321 §4.1.1.2
constinit const Verb kMail{"MAIL", run};

}  // namespace hikyaku::smtp::verb
