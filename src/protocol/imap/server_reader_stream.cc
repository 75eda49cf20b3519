// SPDX-License-Identifier: Apache-2.0
// The parts of a client's stream that are not collected: messages of APPEND, single lines, and what
// is thrown away.
#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "protocol/imap/server_reader.h"

namespace hikyaku::imap {
namespace {

/// What is left of a line to skip, so that a literal's header at its end is seen.
constexpr std::size_t kHeaderOctetsMax = 64;

}  // namespace

/// The literal may be the mailbox name, which is collected (nullopt), or a message.
std::optional<Reaction> ServerReader::try_append(LineEnd line, const LiteralHeader& literal,
                                                 std::string_view arguments) {
  Scanner in(arguments);
  if (!in.space() || in.rest().size() == literal.header_octets) return std::nullopt;
  const std::string_view tag = read_command_start(between(begin_, line.end)).tag;
  const auto refuse = [&](const Error& error) {
    return reject_line(line, literal, {std::string(tag), Rejected::Reply::kBad, {}, error.text});
  };
  Result<std::string> mailbox = in.mailbox();
  if (!mailbox) return refuse(mailbox.error());
  Result<AppendMessage> message = parse_append_message(in);
  if (!message) return refuse(message.error());
  append_tag_ = tag;
  append_mailbox_ = *std::move(mailbox);
  append_index_ = 0;
  return begin_append(line, literal, *std::move(message));
}

Reaction ServerReader::begin_append(LineEnd line, const LiteralHeader& literal,
                                    AppendMessage message) {
  if (literal.octets > limits_.message_octets_max) {
    return reject_line(line, literal,
                       {append_tag_, Rejected::Reply::kNo, "TOOBIG",
                        "the message is larger than this server takes"});
  }
  if (literal.octets == 0) {  // RFC 3502 §6.3.11: the client gives up
    return reject_line(line, literal,
                       {append_tag_, Rejected::Reply::kNo, {}, "the message is empty"});
  }
  consume(line.next);
  literal_left_ = literal.octets;
  append_waits_ = !literal.non_sync;
  append_form_ = message.form;
  mode_ = Mode::kAppendAsk;
  return AppendBegin{append_tag_, append_mailbox_, append_index_, std::move(message)};
}

void ServerReader::accept_append() {
  HK_ASSERT(mode_ == Mode::kAppendAsk);
  mode_ = Mode::kAppendData;
  continuation_due_ = append_waits_;
}

void ServerReader::refuse_append(Rejected::Reply reply, std::string_view code, std::string text) {
  refusal_ = {append_tag_, reply, code, std::move(text)};
  skipped_ = 0;
  const bool asked = mode_ == Mode::kAppendAsk || continuation_due_;
  continuation_due_ = false;
  if (asked && append_waits_) {
    // The client waits and will send nothing: an empty literal and no line to skip.
    mode_ = Mode::kSkipLiteral;
    literal_left_ = 0;
    return;
  }
  HK_ASSERT(asked || mode_ == Mode::kAppendData || mode_ == Mode::kAppendNext);
  append_waits_ = false;
  mode_ = mode_ == Mode::kAppendNext ? Mode::kSkipLine : Mode::kSkipLiteral;
}

Reaction ServerReader::append_data() {
  append_waits_ = false;
  if (std::exchange(continuation_due_, false)) return SendContinuation{};
  if (literal_left_ == 0) {
    mode_ = Mode::kAppendNext;
    return AppendMessageEnd{};
  }
  if (!has_pending()) return NeedInput{};
  const auto octets =
      static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, pending_.size() - begin_));
  const AppendData data{between(begin_, begin_ + octets)};
  literal_left_ -= octets;
  consume(begin_ + octets);
  return data;
}

/// RFC 3502 §6.3.11: another message, or the end of the command.
Reaction ServerReader::append_next() {
  const std::optional<LineEnd> line = find_line(begin_);
  const std::size_t end = line ? line->end : unfinished_end();
  if (end > begin_ + line_octets_max()) {
    refuse_append(Rejected::Reply::kBad, "LIMIT", "the command is too long");
    return next();
  }
  if (!line) return NeedInput{};
  const std::string_view text = between(begin_, line->end);
  const std::optional<LiteralHeader> literal = literal_at_end(text);
  Scanner in(text);
  const auto refuse = [&](const Error& error) {
    return reject_line(*line, literal, {append_tag_, Rejected::Reply::kBad, {}, error.text});
  };
  if (append_form_ == AppendMessage::Form::kUtf8) {
    if (const Status closed = in.expect(')'); !closed) return refuse(closed.error());
  }
  if (in.at_end()) {
    consume(line->next);
    mode_ = Mode::kCommand;
    bad_in_a_row_ = 0;
    return AppendEnd{append_tag_, append_mailbox_};
  }
  Result<AppendMessage> message = parse_append_message(in);
  if (!message) return refuse(message.error());
  ++append_index_;
  return begin_append(*line, *literal, *std::move(message));
}

void ServerReader::read_line(std::size_t octets_max) {
  HK_ASSERT(mode_ == Mode::kCommand);
  mode_ = Mode::kLine;
  line_octets_asked_ = octets_max;
}

Reaction ServerReader::next_line() {
  const std::optional<LineEnd> line = find_line(begin_);
  const std::size_t end = line ? line->end : unfinished_end();
  if (end > begin_ + line_octets_asked_) return hang_up("the line is too long");
  if (!line) return need_input();
  mode_ = Mode::kCommand;
  const Line reaction{between(begin_, line->end)};
  consume(line->next);
  wipe_due_ = true;
  return reaction;
}

std::optional<Reaction> ServerReader::skip_literal() {
  if (literal_left_ > limits_.skip_octets_max - std::min(skipped_, limits_.skip_octets_max)) {
    return hang_up("the literal is too large; use one that waits, like {310}");
  }
  const auto octets =
      static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, pending_.size() - begin_));
  literal_left_ -= octets;
  skipped_ += octets;
  consume(begin_ + octets);
  if (literal_left_ > 0) {
    drop_consumed();
    return NeedInput{};
  }
  if (append_waits_) {
    append_waits_ = false;
    mode_ = Mode::kCommand;
    return reject(std::move(refusal_));
  }
  mode_ = Mode::kSkipLine;
  return std::nullopt;
}

std::optional<Reaction> ServerReader::skip_line() {
  const std::optional<LineEnd> line = find_line(begin_);
  if (!line) {
    const std::size_t keep = std::min(kHeaderOctetsMax, pending_.size() - begin_);
    skipped_ += pending_.size() - begin_ - keep;
    consume(pending_.size() - keep);
    scanned_ = pending_.size();
    if (skipped_ + keep > limits_.skip_octets_max) return hang_up("the line is too long");
    drop_consumed();
    return NeedInput{};
  }
  const std::optional<LiteralHeader> literal = literal_at_end(between(begin_, line->end));
  skipped_ += line->next - begin_;
  if (skipped_ > limits_.skip_octets_max) return hang_up("the line is too long");
  consume(line->next);
  if (literal && literal->non_sync) {
    literal_left_ = literal->octets;
    mode_ = Mode::kSkipLiteral;
    return std::nullopt;
  }
  mode_ = Mode::kCommand;
  return reject(std::move(refusal_));
}

}  // namespace hikyaku::imap
