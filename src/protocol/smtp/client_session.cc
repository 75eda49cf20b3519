// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/client_session.h"

#include "base/assert.h"

namespace hikyaku::smtp {
namespace {

constexpr std::size_t kChunksAwaitedMax = 8;

}  // namespace

std::string_view name(Stage stage) {
  switch (stage) {
    case Stage::kConnect: return "connect";
    case Stage::kGreeting: return "greeting";
    case Stage::kHello: return "hello";
    case Stage::kStartTls: return "STARTTLS";
    case Stage::kAuth: return "AUTH";
    case Stage::kMail: return "MAIL";
    case Stage::kRcpt: return "RCPT";
    case Stage::kData: return "DATA";
    case Stage::kEndOfData: return "end of data";
    case Stage::kReset: return "RSET";
    case Stage::kQuit: return "QUIT";
  }
  return "";
}

ClientSession::ClientSession(ClientConfig config)
    : config_(std::move(config)),
      transcript_(config_.transcript_octets_max),
      tls_(config_.tls_active) {
  awaited_.push_back({Stage::kGreeting});
}

void ClientSession::feed(std::string_view octets) {
  if (phase_ != Phase::kClosed) input_ += octets;
}

ClientAction ClientSession::next() {
  for (;;) {
    if (std::exchange(message_done_, false)) return ClientMessageDone{};
    switch (phase_) {
      case Phase::kClosed: return ClientClosed{};
      case Phase::kHandshake: return ClientStartTls{};
      case Phase::kReady:
        if (input_.empty()) return ClientReady{};
        break;
      case Phase::kBody:
        if (!chunked()) return ClientNeedBody{};
        if (!input_.empty() && read_reply()) continue;
        if (awaited_.size() < kChunksAwaitedMax) return ClientNeedBody{};
        return ClientNeedInput{};
      default: break;
    }
    if (!read_reply()) return ClientNeedInput{};
  }
}

bool ClientSession::read_reply() {
  std::string_view in = input_;
  auto reply = reader_.next(in);
  input_.erase(0, input_.size() - in.size());
  const Stage stage = awaited_.empty() ? Stage::kConnect : awaited_.front().stage;
  if (!reply) {
    transcript_.note(reply.error().text);
    fail(stage, Outcome::kTransient, {0, {}, reply.error().text});
    return true;
  }
  if (!*reply) return false;
  Reply& got = **reply;
  if (stage == Stage::kAuth) redact(got);
  transcript_.server(got.code == 0 ? got.text : got.one_line());
  // RFC 5321 §3.8: 421 can come at any time, and ends everything.
  if (got.code == 421) {
    fail(stage, Outcome::kTransient, got);
    return true;
  }
  if (awaited_.empty()) {
    fail(stage, Outcome::kTransient,
         {0, {}, "the remote sent a reply that nothing was asked for: " + got.one_line()});
    return true;
  }
  const Awaited awaited = awaited_.front();
  awaited_.pop_front();
  awaited_octets_ -= awaited.octets;
  take(awaited, got);
  if (phase_ == Phase::kEnvelope) send_envelope();
  return true;
}

void ClientSession::take(const Awaited& awaited, const Reply& reply) {
  switch (awaited.stage) {
    case Stage::kConnect:
    case Stage::kGreeting: take_greeting(reply); break;
    case Stage::kHello: take_hello(reply); break;
    case Stage::kStartTls: take_starttls(reply); break;
    case Stage::kAuth: take_auth(reply); break;
    case Stage::kReset:
      if (reply.code / 100 != 2) fail(Stage::kReset, Outcome::kTransient, reply);
      break;
    case Stage::kMail: take_mail(reply); break;
    case Stage::kRcpt: take_rcpt(awaited.recipient, reply); break;
    case Stage::kData: take_data(reply); break;
    case Stage::kEndOfData: take_end_of_data(awaited, reply); break;
    case Stage::kQuit: phase_ = Phase::kClosed; break;
  }
}

void ClientSession::send(Stage stage, const std::string& line, std::string_view shown,
                         std::size_t recipient) {
  transcript_.client(shown.empty() ? std::string_view(line) : shown);
  output_ += line;
  output_ += "\r\n";
  awaited_.push_back({stage, recipient, line.size() + 2});
  awaited_octets_ += line.size() + 2;
}

void ClientSession::say_quit() { send(Stage::kQuit, "QUIT"); }

void ClientSession::fail(Stage stage, Outcome outcome, Reply reply) {
  if (phase_ == Phase::kClosed) return;
  const bool in_message =
      phase_ == Phase::kEnvelope || phase_ == Phase::kBody || phase_ == Phase::kEndOfData;
  const bool leaving = phase_ == Phase::kQuit;
  phase_ = Phase::kClosed;
  input_.clear();
  if (leaving) return;
  if (in_message) {
    decide_open(outcome, stage, reply);
    message_done_ = true;
  }
  failure_ = ClientFailure{stage, outcome, std::move(reply)};
}

void ClientSession::quit() {
  if (phase_ == Phase::kClosed || phase_ == Phase::kQuit) return;
  if (phase_ != Phase::kReady) {  // in the middle of something: the connection is cut
    fail(Stage::kQuit, Outcome::kTransient, {0, {}, "the session was given up"});
    return;
  }
  say_quit();
  phase_ = Phase::kQuit;
}

void ClientSession::connection_lost(std::string why) {
  // A remote that refuses in the middle of the message and hangs up has said why before.
  // (Replies to chunks were taken as they came.)
  if (phase_ == Phase::kBody && !chunked()) {
    if (const auto reply = refusal_in_input()) {
      transcript_.server(reply->one_line());
      output_.clear();
      fail(Stage::kData, reply->permanent() ? Outcome::kPermanent : Outcome::kTransient, *reply);
      return;
    }
  }
  transcript_.note(why);
  const Stage stage = awaited_.empty() ? Stage::kData : awaited_.front().stage;
  output_.clear();
  fail(stage, Outcome::kTransient, {0, {4, 4, 2}, std::move(why)});
}

void ClientSession::timed_out() {
  const Stage stage = awaited_.empty() ? Stage::kData : awaited_.front().stage;
  connection_lost("no reply in time to " + std::string(name(stage)));
}

std::chrono::seconds ClientSession::timeout() const {
  const ClientTimeouts& t = config_.timeouts;
  if (phase_ == Phase::kBody) return t.data_block;
  switch (awaited_.empty() ? Stage::kHello : awaited_.front().stage) {
    case Stage::kConnect:
    case Stage::kGreeting: return t.greeting;
    case Stage::kMail: return t.mail;
    case Stage::kRcpt: return t.rcpt;
    case Stage::kData: return t.data_initiation;
    case Stage::kEndOfData: return t.data_termination;
    case Stage::kQuit: return t.quit;
    case Stage::kHello:
    case Stage::kStartTls:
    case Stage::kAuth:
    case Stage::kReset: return t.hello;
  }
  return t.hello;
}

}  // namespace hikyaku::smtp
