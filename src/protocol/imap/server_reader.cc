// SPDX-License-Identifier: Apache-2.0
// Collecting commands. What is streamed or thrown away is in server_reader_stream.cc.
#include "protocol/imap/server_reader.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/secret.h"

namespace hikyaku::imap {
namespace {

/// Octets that were handed out stay in front of the others up to here, to save moving these.
constexpr std::size_t kConsumedOctetsMax = 4096;

Rejected bad(std::string_view tag, std::string_view text) {
  return {std::string(tag), Rejected::Reply::kBad, {}, std::string(text)};
}

}  // namespace

std::size_t ServerReader::line_octets_max() const {
  return state_ == State::kNotAuthenticated ? limits_.line_octets_before_login_max
                                            : limits_.line_octets_max;
}

std::size_t ServerReader::command_octets_max() const {
  return state_ == State::kNotAuthenticated ? limits_.command_octets_before_login_max
                                            : limits_.command_octets_max;
}

std::string_view ServerReader::between(std::size_t begin, std::size_t end) const {
  return std::string_view(pending_).substr(begin, end - begin);
}

void ServerReader::feed(std::string_view octets) {
  drop_consumed();
  if (state_ == State::kNotAuthenticated && pending_.size() + octets.size() > pending_.capacity()) {
    // By hand, so that no piece of a password stays behind in freed memory.
    std::string larger;
    larger.reserve(std::max(2 * pending_.capacity(), pending_.size() + octets.size()));
    larger += pending_;
    std::swap(larger, pending_);
    wipe(larger);
  }
  pending_ += octets;
}

void ServerReader::discard() {
  consume(pending_.size());
  wipe_due_ = true;
  drop_consumed();
}

/// Forgets what was handed out, and wipes it where it may hold a password.
void ServerReader::drop_consumed() {
  if (wipe_due_) {
    wipe(pending_.data() + wipe_from_, begin_ - wipe_from_);
    wipe_due_ = false;
  }
  if (begin_ == pending_.size()) {
    pending_.clear();
  } else if (begin_ >= kConsumedOctetsMax && begin_ >= pending_.size() / 2) {
    pending_.erase(0, begin_);
  } else {
    wipe_from_ = begin_;
    return;
  }
  line_begin_ -= begin_;
  scanned_ -= begin_;
  begin_ = 0;
  wipe_from_ = 0;
}

/// All before `end` is handed out; a new line begins there.
void ServerReader::consume(std::size_t end) { begin_ = line_begin_ = scanned_ = end; }

/// The line that begins at `from`, once its LF is there. `scanned_` keeps it linear.
std::optional<ServerReader::LineEnd> ServerReader::find_line(std::size_t from) {
  const std::size_t lf = pending_.find('\n', std::max(from, scanned_));
  if (lf == pending_.npos) {
    scanned_ = pending_.size();
    return std::nullopt;
  }
  const bool crlf = lf > from && pending_[lf - 1] == '\r';
  return LineEnd{crlf ? lf - 1 : lf, lf + 1};
}

Reaction ServerReader::next() {
  HK_ASSERT(mode_ != Mode::kAppendAsk);  // accept_append() or refuse_append() comes first
  drop_consumed();
  while (true) {
    switch (mode_) {
      case Mode::kAppendAsk:
      case Mode::kCommand: return collect();
      case Mode::kLine: return next_line();
      case Mode::kAppendData: return append_data();
      case Mode::kAppendNext: return append_next();
      case Mode::kSkipLiteral:
        if (auto reaction = skip_literal()) return *std::move(reaction);
        break;
      case Mode::kSkipLine:
        if (auto reaction = skip_line()) return *std::move(reaction);
        break;
      case Mode::kClosed: return HangUp{hang_up_text_};
    }
  }
}

Reaction ServerReader::collect() {
  if (std::exchange(continuation_due_, false)) return SendContinuation{};
  while (true) {
    // line_begin_ may lie behind a literal that has not come whole.
    if (pending_.size() < line_begin_) return need_input();
    const std::optional<LineEnd> line = find_line(line_begin_);
    const std::size_t end = line ? line->end : unfinished_end();
    if (end > line_begin_ + line_octets_max() || end > begin_ + command_octets_max()) {
      return line_too_long();
    }
    if (!line) return need_input();
    if (auto reaction = take_line(*line)) return *std::move(reaction);
  }
}

/// Where a line of which no LF came ends at the least: the last octet may be its CR.
std::size_t ServerReader::unfinished_end() const {
  return pending_.ends_with('\r') ? pending_.size() - 1 : pending_.size();
}

/// A connection that waits holds no buffer.
Reaction ServerReader::need_input() {
  if (pending_.empty()) std::string().swap(pending_);
  return NeedInput{};
}

Reaction ServerReader::line_too_long() {
  const std::string_view known = between(begin_, line_begin_ + line_octets_max());
  const bool tag_is_whole = known.find(' ') != known.npos;
  refusal_ = {tag_is_whole ? std::string(read_command_start(known).tag) : std::string(),
              Rejected::Reply::kBad, "LIMIT", "the command is too long; send it in parts"};
  skipped_ = 0;
  mode_ = Mode::kSkipLine;
  wipe_due_ = true;
  begin_ = line_begin_;  // literals that were collected are not part of the line to skip
  return next();
}

/// A line of the command is there: does it end the command, or does a literal follow?
std::optional<Reaction> ServerReader::take_line(LineEnd line) {
  const std::string_view text = between(line_begin_, line.end);
  const std::optional<LiteralHeader> literal = literal_at_end(text);
  if (text.find_first_of(std::string_view("\r\0", 2)) != text.npos) {
    const std::string_view tag = read_command_start(between(begin_, line.end)).tag;
    return reject_line(line, literal, bad(tag, "CR stands only before LF, and NUL nowhere"));
  }
  if (literal) return take_literal(line, *literal);
  return parse_command(line);
}

/// Decides on a literal before its octets come, with all that is known of the command.
std::optional<Reaction> ServerReader::take_literal(LineEnd line, const LiteralHeader& literal) {
  const CommandStart start = read_command_start(between(begin_, line.end));
  if (start.info == nullptr) return reject_line(line, literal, bad(start.tag, start.problem));
  if (!start.info->allowed_in(state_)) {
    return reject_line(line, literal, bad(start.tag, not_now_text(*start.info, state_)));
  }
  if (start.info->parse == nullptr) {
    if (auto reaction = try_append(line, literal, start.arguments)) return reaction;
  }
  if (literal.binary) {
    return reject_line(line, literal, bad(start.tag, "a literal8 can't stand here"));
  }
  const std::size_t collected = line.next - begin_;
  if (literal.octets > command_octets_max() || collected + literal.octets > command_octets_max()) {
    return reject_line(line, literal,
                       {std::string(start.tag), Rejected::Reply::kNo, "LIMIT",
                        "the literal is too long for this command"});
  }
  line_begin_ = scanned_ = line.next + literal.octets;
  if (!literal.non_sync) return SendContinuation{};
  return std::nullopt;
}

Reaction ServerReader::parse_command(LineEnd line) {
  const CommandStart start = read_command_start(between(begin_, line.end));
  wipe_due_ = start.info != nullptr && start.info->sensitive == Sensitive::kYes;
  consume(line.next);
  if (start.info == nullptr) return reject(bad(start.tag, start.problem));
  if (!start.info->allowed_in(state_)) {
    return reject(bad(start.tag, not_now_text(*start.info, state_)));
  }
  if (start.info->parse == nullptr) {
    return reject(bad(start.tag, "APPEND needs a mailbox and a message, as a literal"));
  }
  Scanner in(start.arguments, limits_.nesting_max);
  Result<CommandBody> body = start.info->parse(in);
  if (!body) return reject(bad(start.tag, body.error().text));
  bad_in_a_row_ = 0;
  return Received{{std::string(start.tag), start.info, *std::move(body)}};
}

Reaction ServerReader::reject(Rejected rejected) {
  if (rejected.reply == Rejected::Reply::kBad && ++bad_in_a_row_ > limits_.bad_commands_max) {
    return hang_up("too many commands in a row that can't be understood");
  }
  return rejected;
}

/// Refuses the command at the end of one of its lines. A synchronizing literal is not sent then;
/// the octets of a non-synchronizing one, and the rest of the command, are on their way.
Reaction ServerReader::reject_line(LineEnd line, std::optional<LiteralHeader> literal,
                                   Rejected rejected) {
  wipe_due_ = true;
  consume(line.next);
  mode_ = Mode::kCommand;
  append_waits_ = false;
  if (!literal || !literal->non_sync) return reject(std::move(rejected));
  refusal_ = std::move(rejected);
  literal_left_ = literal->octets;
  skipped_ = 0;
  mode_ = Mode::kSkipLiteral;
  return next();
}

Reaction ServerReader::hang_up(std::string text) {
  mode_ = Mode::kClosed;
  hang_up_text_ = std::move(text);
  return HangUp{hang_up_text_};
}

}  // namespace hikyaku::imap
