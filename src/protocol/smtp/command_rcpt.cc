// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/extension.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp::verb {
namespace {

void accepted(ServerState& state, const Reply* reply) {
  state.mail->recipients.push_back(std::move(state.rcpt_asked));
  state.reply(reply != nullptr ? *reply : Reply{250, {2, 1, 5}, "recipient ok"});
}

void refused(ServerState& state, const Reply& reply) {
  state.reply(reply);
  // Somebody who guesses addresses is stopped; a list with some dead ones goes through.
  if (!state.closed() && reply.permanent() &&
      ++state.refused_recipients >= state.config->refused_recipients_max) {
    state.reply(refusal(reason::kTooManyErrors));
  }
}

constexpr Question kQuestion{accepted, refused};

std::optional<Reaction> run(ServerState& state, std::string_view args) {
  if (!state.mail) {
    state.mistake(state.hello.empty() ? reason::kHelloFirst : reason::kMailFirst);
    return std::nullopt;
  }
  if (state.data) {
    state.mistake(reason::kBadSequence);  // behind BDAT
    return std::nullopt;
  }
  if (!equal_ignoring_case(args.substr(0, 3), "TO:")) {
    state.mistake(reason::kBadArgument);
    return std::nullopt;
  }
  args.remove_prefix(3);
  while (args.starts_with(' ')) args.remove_prefix(1);  // as in MAIL
  state.rcpt_seen = true;
  const std::string_view given = args;
  const auto utf8 = state.mail->params.smtputf8 ? Utf8::kAllow : Utf8::kRefuse;
  auto path = take_forward_path(args, utf8);
  if (!path) {
    state.mistake(path_reason(given, utf8), path.error().text);
    return std::nullopt;
  }
  state.rcpt_asked = {*std::move(path), {}};
  if (auto refused_parameter = read_parameters(state, args, state.rcpt_asked.params)) {
    state.mistake(*refused_parameter);
    return std::nullopt;
  }
  // RFC 5321 §4.5.3.1.10: 452, and those before are served.
  if (state.mail->recipients.size() >= state.config->recipients_max) {
    state.reply(refusal(reason::kTooManyRecipients));
    return std::nullopt;
  }
  state.ask(kQuestion);
  return NeedRcpt{*state.mail, state.rcpt_asked};
}

}  // namespace

// RFC 5321 §4.1.1.3
constinit const Verb kRcpt{"RCPT", run};

}  // namespace hikyaku::smtp::verb
