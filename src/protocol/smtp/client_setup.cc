// SPDX-License-Identifier: Apache-2.0
// ClientSession from the greeting to ClientReady.
#include <algorithm>
#include <charconv>

#include "base/assert.h"
#include "protocol/sasl/base64.h"
#include "protocol/smtp/client_session.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp {
namespace {

Outcome by_code(const Reply& reply) {
  return reply.permanent() ? Outcome::kPermanent : Outcome::kTransient;
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> out;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) out.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return out;
}

void read_extension(std::string_view line, RemoteExtensions& remote) {
  const auto all = words(line);
  if (all.empty()) return;
  const auto is = [&](std::string_view keyword) { return equal_ignoring_case(all[0], keyword); };
  remote.pipelining |= is("PIPELINING");
  remote.eight_bit_mime |= is("8BITMIME");
  remote.starttls |= is("STARTTLS");
  remote.enhanced_status |= is("ENHANCEDSTATUSCODES");
  remote.smtputf8 |= is("SMTPUTF8");
  remote.chunking |= is("CHUNKING");
  remote.dsn |= is("DSN");
  remote.requiretls |= is("REQUIRETLS");
  if (is("SIZE")) {
    // RFC 1870 §4: no number, or 0: no fixed limit.
    std::uint64_t size = 0;
    if (all.size() > 1) std::from_chars(all[1].data(), all[1].data() + all[1].size(), size);
    remote.size = size;
  }
  if (is("AUTH")) {
    for (std::size_t i = 1; i < all.size(); ++i) remote.mechanisms.emplace_back(all[i]);
  }
}

}  // namespace

void ClientSession::say_hello(bool extended) {
  extended_hello_ = extended;
  const char* verb = config_.protocol == ClientProtocol::kLmtp ? "LHLO "
                     : extended                                ? "EHLO "
                                                               : "HELO ";
  send(Stage::kHello, verb + config_.host);
}

void ClientSession::take_greeting(const Reply& reply) {
  greeting_ = reply;
  if (reply.code == 220) {
    say_hello(true);
    return;
  }
  say_quit();
  // RFC 7504: 521 says "never". Any other refusal is of us, not of the message: another host may
  // take it, or this one later.
  fail(Stage::kGreeting, reply.code == 521 ? Outcome::kPermanent : Outcome::kTransient, reply);
}

void ClientSession::take_hello(const Reply& reply) {
  if (reply.code == 250) {
    read_extensions(reply);
    after_hello();
    return;
  }
  // RFC 5321 §3.2: a server that does not know EHLO. Without it there is no TLS.
  const bool may_fall_back = extended_hello_ && reply.permanent() && !tls_ &&
                             config_.protocol == ClientProtocol::kSmtp && !config_.login &&
                             config_.starttls != StartTlsUse::kRequired;
  if (may_fall_back) {
    say_hello(false);
    return;
  }
  say_quit();
  fail(Stage::kHello, by_code(reply), reply);
}

void ClientSession::read_extensions(const Reply& reply) {
  remote_ = {};
  remote_.extended = extended_hello_;
  if (!extended_hello_) return;
  std::string_view rest = reply.text;
  bool first = true;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!std::exchange(first, false)) {
      remote_.keywords.emplace_back(line);
      read_extension(line, remote_);
    }
  }
}

void ClientSession::after_hello() {
  if (!tls_ && remote_.starttls && config_.starttls != StartTlsUse::kNever) {
    send(Stage::kStartTls, "STARTTLS");
    return;
  }
  after_tls();
}

void ClientSession::take_starttls(const Reply& reply) {
  if (reply.code == 220) {
    if (!input_.empty()) {
      fail(
          Stage::kStartTls, Outcome::kTransient,
          {0, {4, 7, 0}, "plain text came behind the reply to STARTTLS: somebody may sit between"});
      return;
    }
    phase_ = Phase::kHandshake;
    return;
  }
  if (config_.starttls == StartTlsUse::kRequired) {
    say_quit();
    fail(Stage::kStartTls, Outcome::kTransient, reply);
    return;
  }
  after_tls();
}

void ClientSession::tls_started() {
  HK_ASSERT(phase_ == Phase::kHandshake);
  tls_ = true;
  remote_ = {};  // RFC 3207 §4.2: what was said before counts no more
  input_.clear();
  reader_.reset();
  transcript_.note("TLS");
  phase_ = Phase::kSetup;
  say_hello(true);
}

void ClientSession::tls_failed(std::string why) {
  HK_ASSERT(phase_ == Phase::kHandshake);
  transcript_.note(why);
  fail(Stage::kStartTls, Outcome::kTransient, {0, {4, 7, 5}, std::move(why)});
}

void ClientSession::after_tls() {
  if (!tls_ && config_.starttls == StartTlsUse::kRequired) {
    say_quit();
    fail(Stage::kStartTls, Outcome::kTransient,
         {0,
          {4, 7, 4},
          "TLS is required for this delivery, and the remote does not offer STARTTLS"});
    return;
  }
  if (!config_.login) {
    phase_ = Phase::kReady;
    return;
  }
  const bool plain = std::ranges::any_of(
      remote_.mechanisms, [](const std::string& m) { return equal_ignoring_case(m, "PLAIN"); });
  if (!tls_ || !plain) {
    say_quit();
    fail(Stage::kAuth, Outcome::kTransient,
         {0,
          {4, 7, 0},
          tls_ ? "a login is set for this host, and it does not offer AUTH PLAIN"
               : "a login is set for this host, and it is not sent without TLS"});
    return;
  }
  send(Stage::kAuth, "AUTH PLAIN " + login_octets(), "AUTH PLAIN ****");
}

std::string ClientSession::login_octets() const {
  std::string octets;  // RFC 4616 §2
  octets += '\0';
  octets += config_.login->user;
  octets += '\0';
  octets += config_.login->password;
  return sasl::base64_encode(octets);
}

/// Some servers say the line again that they refuse: not in our trail.
void ClientSession::redact(Reply& reply) const {
  for (const std::string& secret : {login_octets(), config_.login->password}) {
    if (secret.empty()) continue;
    for (std::size_t at = 0; (at = reply.text.find(secret, at)) != std::string::npos;) {
      reply.text.replace(at, secret.size(), "****");
      at += 4;
    }
  }
}

void ClientSession::take_auth(const Reply& reply) {
  if (reply.code == 235) {
    phase_ = Phase::kReady;
    return;
  }
  say_quit();
  // A password that is wrong is ours to correct: the mail waits for it.
  fail(Stage::kAuth, Outcome::kTransient, reply);
}

}  // namespace hikyaku::smtp
