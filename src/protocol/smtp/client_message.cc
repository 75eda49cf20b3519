// SPDX-License-Identifier: Apache-2.0
// ClientSession: one message, from MAIL to the reply after the final dot.
#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "protocol/smtp/client_session.h"
#include "protocol/smtp/utf8_address.h"

namespace hikyaku::smtp {
namespace {

Outcome by_code(const Reply& reply) {
  return reply.permanent() ? Outcome::kPermanent : Outcome::kTransient;
}

}  // namespace

void ClientSession::begin(ClientMessage message) {
  HK_ASSERT(phase_ == Phase::kReady && !message.recipients.empty());
  HK_ASSERT(message.params.empty() || message.params.size() == message.recipients.size());
  message_ = std::move(message);
  results_.clear();
  for (const Address& address : message_.recipients) results_.push_back({address});
  next_recipient_ = 0;
  mail_sent_ = false;
  data_sent_ = false;
  final_sent_ = false;
  phase_ = Phase::kEnvelope;
  const Address* sender = message_.reverse_path ? &*message_.reverse_path : nullptr;
  if (const auto objection = local_objection(sender)) {
    decide_open(Outcome::kPermanent, Stage::kMail, *objection);
  }
  // RFC 6531 §3.2: MUST NOT be sent there.
  if (message_.smtputf8 && !remote_.smtputf8)
    decide_open(Outcome::kPermanent, Stage::kMail,
                {0,
                 {5, 6, 7},
                 "an address or a header of the message is in UTF-8, and the remote does not "
                 "offer SMTPUTF8"});
  for (std::size_t i = 0; i < results_.size(); ++i) {
    if (results_[i].outcome != Outcome::kPending) continue;
    if (const auto objection = local_objection(&results_[i].address)) {
      decide(i, Outcome::kPermanent, Stage::kRcpt, *objection);
    }
  }
  send_envelope();
}

/// Why this can't be sent to this server at all.
std::optional<Reply> ClientSession::local_objection(const Address* address) const {
  if (remote_.size && *remote_.size > 0 && message_.size > *remote_.size) {
    // RFC 1870 §6.1: no need to ask.
    return Reply{0,
                 {5, 3, 4},
                 fmt::format("the message has {} octets, the remote takes {}", message_.size,
                             *remote_.size)};
  }
  if (address == nullptr) return std::nullopt;
  for (const char c : address->local + address->domain) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return Reply{0, {5, 1, 3}, "the address has a control character"};
    }
    if (static_cast<unsigned char>(c) > 0x7f && !message_.smtputf8) {
      return Reply{0, {5, 6, 7}, "the address is not ASCII, and SMTPUTF8 was not declared"};
    }
  }
  return std::nullopt;
}

std::string ClientSession::mail_line() const {
  std::string line = fmt::format("MAIL FROM:<{}>", text(message_.reverse_path));
  if (remote_.size && message_.size > 0) line += fmt::format(" SIZE={}", message_.size);
  if (message_.body == Body::k8BitMime && remote_.eight_bit_mime) line += " BODY=8BITMIME";
  if (message_.smtputf8) line += " SMTPUTF8";
  if (!remote_.dsn) return line;
  if (message_.ret == Ret::kFull) line += " RET=FULL";
  if (message_.ret == Ret::kHeaders) line += " RET=HDRS";
  if (!message_.envelope_id.empty()) line += " ENVID=" + message_.envelope_id;
  return line;
}

std::string ClientSession::rcpt_line(std::size_t index) const {
  std::string line = fmt::format("RCPT TO:<{}>", message_.recipients[index].text());
  if (!remote_.dsn || message_.params.empty()) return line;
  const auto& params = message_.params[index];
  if (params.notify.given()) line += " NOTIFY=" + params.notify.text();
  if (!params.original.empty())
    line += " ORCPT=" + (message_.smtputf8 ? params.original : ascii_orcpt(params.original));
  return line;
}

void ClientSession::send_envelope() {
  while (phase_ == Phase::kEnvelope) {
    // RFC 2920 §3.1: a client must not fill the window with commands whose replies it doesn't read.
    const bool may_send =
        awaited_.empty() || (remote_.pipelining && awaited_octets_ < config_.pipeline_octets_max);
    if (!may_send || !send_next()) return;
  }
}

bool ClientSession::send_next() {
  const bool open = std::ranges::any_of(
      results_, [](const RecipientResult& r) { return r.outcome == Outcome::kPending; });
  if (!open && !data_sent_) {  // nobody is left to send to
    if (!awaited_.empty()) return false;
    finish_message();
    return false;
  }
  if (reset_needed_ && !mail_sent_) {
    send(Stage::kReset, "RSET");
    reset_needed_ = false;
    return true;
  }
  if (!mail_sent_) {
    mail_sent_ = true;
    send(Stage::kMail, mail_line());
    return true;
  }
  while (next_recipient_ < results_.size() &&
         results_[next_recipient_].outcome != Outcome::kPending) {
    ++next_recipient_;
  }
  if (next_recipient_ < results_.size()) {
    const std::size_t index = next_recipient_++;
    send(Stage::kRcpt, rcpt_line(index), {}, index);
    return true;
  }
  if (data_sent_) return false;
  if (chunked()) {
    // Why: RFC 3030 §2 lets chunks follow at once, but then all of it is sent to one who refuses.
    if (!awaited_.empty()) return false;
    data_sent_ = true;
    phase_ = Phase::kBody;
    stuffer_ = DotStuffer(DotStuffer::Dots::kAsTheyAre);
    return false;
  }
  // Why: an LMTP server that takes DATA without recipients would answer the dot not at all.
  if (config_.protocol == ClientProtocol::kLmtp && !any_accepted()) return false;
  data_sent_ = true;
  send(Stage::kData, "DATA");
  return true;
}

bool ClientSession::accepted(std::size_t index) const {
  return results_[index].outcome == Outcome::kPending && results_[index].stage == Stage::kRcpt;
}

bool ClientSession::any_accepted() const {
  for (std::size_t i = 0; i < results_.size(); ++i) {
    if (accepted(i)) return true;
  }
  return false;
}

void ClientSession::decide(std::size_t index, Outcome outcome, Stage stage, const Reply& reply) {
  RecipientResult& result = results_[index];
  if (result.outcome != Outcome::kPending) return;
  result.outcome = outcome;
  result.stage = stage;
  result.reply = reply;
}

void ClientSession::decide_open(Outcome outcome, Stage stage, const Reply& reply) {
  for (std::size_t i = 0; i < results_.size(); ++i) decide(i, outcome, stage, reply);
}

void ClientSession::take_mail(const Reply& reply) {
  if (reply.code / 100 == 2) {
    reset_needed_ = true;  // unless the data ends it
    return;
  }
  decide_open(by_code(reply), Stage::kMail, reply);
}

void ClientSession::take_rcpt(std::size_t index, const Reply& reply) {
  if (reply.code / 100 == 2) {
    if (results_[index].outcome == Outcome::kPending) {
      results_[index].stage = Stage::kRcpt;
      results_[index].reply = reply;
    }
    return;
  }
  // RFC 5321 §4.5.3.1.10: 552 is what old servers say for "too many recipients".
  const Outcome outcome = reply.code == 552 ? Outcome::kTransient : by_code(reply);
  decide(index, outcome, Stage::kRcpt, reply);
}

void ClientSession::take_data(const Reply& reply) {
  if (reply.code != 354) {
    // A 2yz here would be no answer to DATA; nothing was sent, so it can be tried again.
    decide_open(by_code(reply), Stage::kData, reply);
    finish_message();
    return;
  }
  if (any_accepted()) {
    phase_ = Phase::kBody;
    stuffer_ = DotStuffer();
    return;
  }
  // RFC 2920 §3.1: DATA was pipelined, nobody is left, and the server waits for data all the same.
  output_ += ".\r\n";
  transcript_.note("no recipient: nothing is sent");
  phase_ = Phase::kEndOfData;
  awaited_.push_back({Stage::kEndOfData, results_.size()});
}

bool ClientSession::chunked() const {
  return remote_.chunking && config_.chunking && config_.protocol == ClientProtocol::kSmtp;
}

void ClientSession::body(std::string_view octets) {
  if (phase_ != Phase::kBody) return;
  if (!chunked()) {
    stuffer_.write(octets, output_);
    return;
  }
  stuffer_.write(octets, chunk_);
  if (!chunk_.empty()) send_chunk(false);
}

void ClientSession::body_last(std::string_view octets) {
  if (phase_ != Phase::kBody) return;
  stuffer_.write(octets, chunked() ? chunk_ : output_);
  body_end();
}

void ClientSession::send_chunk(bool last) {
  const auto line = fmt::format("BDAT {}{}", chunk_.size(), last ? " LAST" : "");
  send(Stage::kEndOfData, line, {}, results_.size());
  awaited_.back().more = !last;
  output_ += chunk_;
  chunk_.clear();
}

void ClientSession::body_end() {
  if (phase_ != Phase::kBody) return;
  phase_ = Phase::kEndOfData;
  final_sent_ = true;
  if (chunked()) {
    stuffer_.finish(chunk_);
    send_chunk(true);
    return;
  }
  stuffer_.finish(output_);
  transcript_.note(fmt::format("the message, {} octets", message_.size));
  if (config_.protocol == ClientProtocol::kSmtp) {
    awaited_.push_back({Stage::kEndOfData, results_.size()});
    return;
  }
  for (std::size_t i = 0; i < results_.size(); ++i) {  // RFC 2033 §4.2
    if (accepted(i)) awaited_.push_back({Stage::kEndOfData, i});
  }
}

/// A refusal among the replies to what was sent of the message.
std::optional<Reply> ClientSession::refusal_in_input() {
  std::string_view in = input_;
  while (!in.empty()) {
    auto reply = reader_.next(in);
    if (!reply || !*reply) return std::nullopt;
    if (!(*reply)->positive()) return **reply;
  }
  return std::nullopt;
}

/// True: there is nothing more to do about this reply.
bool ClientSession::take_chunk(const Awaited& awaited, const Reply& reply) {
  const bool taken = reply.code / 100 == 2;
  // RFC 5321 §4.2.4: no such command, or not in this form.
  if (!taken && !chunk_known_ && reply.code >= 500 && reply.code <= 504) {
    chunking_refused_ = true;
    fail(Stage::kEndOfData, Outcome::kTransient, reply);
    return true;
  }
  chunk_known_ = true;
  if (taken && awaited.more) return true;
  if (!awaited.more) return false;
  // RFC 3030 §2: nothing of the message is taken after that; RSET begins anew.
  decide_open(by_code(reply), Stage::kEndOfData, reply);
  chunk_.clear();
  if (phase_ == Phase::kBody) phase_ = Phase::kEndOfData;
  if (awaited_.empty()) finish_message();
  return true;
}

void ClientSession::body_failed(std::string why) {
  if (phase_ != Phase::kBody) return;
  output_.clear();
  transcript_.note(why);
  fail(Stage::kData, Outcome::kTransient, {0, {4, 3, 0}, std::move(why)});
}

void ClientSession::take_end_of_data(const Awaited& awaited, const Reply& reply) {
  if (chunked() && take_chunk(awaited, reply)) return;
  const Outcome outcome = reply.code / 100 == 2 ? Outcome::kDelivered : by_code(reply);
  if (awaited.recipient < results_.size()) {
    decide(awaited.recipient, outcome, Stage::kEndOfData, reply);
  } else {
    decide_open(outcome, Stage::kEndOfData, reply);
  }
  if (!awaited_.empty()) return;
  // A chunk that is refused leaves the transaction open.
  reset_needed_ = chunked() && outcome != Outcome::kDelivered;
  finish_message();
}

void ClientSession::finish_message() {
  phase_ = Phase::kReady;
  message_done_ = true;
}

}  // namespace hikyaku::smtp
