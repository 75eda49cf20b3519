// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/server_session.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {
namespace {

std::string_view code_of(LoginFailure failure) {
  switch (failure) {
    case LoginFailure::kWrong: return "AUTH";
    case LoginFailure::kInUse: return "IN-USE";
    case LoginFailure::kTemporary: return "SYS/TEMP";
    case LoginFailure::kPermanent: return "SYS/PERM";
    case LoginFailure::kDelay: return "LOGIN-DELAY";
    case LoginFailure::kMalformed: return "";
  }
  return "";
}

}  // namespace

ServerSession::ServerSession(Settings settings) : settings_(std::move(settings)) {
  output_ = "+OK " + settings_.greeting + "\r\n";
}

void ServerSession::feed(std::string_view octets) {
  drop_consumed();
  if (state_ == State::kAuthorization && pending_.size() + octets.size() > pending_.capacity()) {
    // By hand, so that no piece of a password stays behind in freed memory.
    std::string larger;
    larger.reserve(std::max(2 * pending_.capacity(), pending_.size() + octets.size()));
    larger += pending_;
    std::swap(larger, pending_);
    wipe(larger);
  }
  pending_ += octets;
}

void ServerSession::drop_consumed() {
  if (wipe_due_) wipe(pending_.data(), begin_);
  wipe_due_ = false;
  pending_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
}

/// A line without its end. One that grows over the limit closes the session: whoever sends it does
/// not speak POP3.
std::optional<std::string_view> ServerSession::take_line(std::size_t octets_max) {
  const std::size_t lf = pending_.find('\n', scanned_);
  const std::size_t end = lf == pending_.npos ? pending_.size() : lf + 1;
  if (end - begin_ > octets_max) {
    this->end("the line is too long");
    return std::nullopt;
  }
  scanned_ = end;
  if (lf == pending_.npos) return std::nullopt;
  std::string_view line = std::string_view(pending_).substr(begin_, lf - begin_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  begin_ = end;
  return line;
}

Reaction ServerSession::need_input() {
  if (pending_.empty()) std::string().swap(pending_);
  return NeedInput{};
}

Reaction ServerSession::next() {
  HK_ASSERT(owes_ == Owes::kNothing || owes_ == Owes::kBody);
  owes_ = Owes::kNothing;
  while (true) {
    if (closing_) {
      drop_consumed();
      state_ = State::kClosed;
      return Close{};
    }
    if (output_.size() >= settings_.limits.output_octets) return Flush{};
    if (listing_next_ != 0) {
      if (listing_next_ > drop_.messages.size()) {
        output_ += ".\r\n";
        listing_next_ = 0;
      } else {
        if (!deleted_[listing_next_ - 1]) {
          Commands::append_listing_line(*this, listing_of_, listing_next_);
        }
        ++listing_next_;
      }
      continue;
    }
    drop_consumed();
    if (auth_line_due_) {
      if (auto reaction = auth_line()) return *std::move(reaction);
      if (!closing_) return need_input();
      continue;
    }
    const std::optional<std::string_view> line = take_line(settings_.limits.line_octets_max);
    if (!line && !closing_) return need_input();
    if (!line) continue;
    if (auto reaction = run(*line)) return *std::move(reaction);
  }
}

std::optional<Reaction> ServerSession::auth_line() {
  const std::optional<std::string_view> line = take_line(settings_.limits.auth_line_octets_max);
  wipe_due_ = true;
  if (!line) return std::nullopt;
  auth_line_due_ = false;
  owes_ = Owes::kLogin;
  return AuthLine{*line};
}

std::optional<Reaction> ServerSession::run(std::string_view line) {
  wipe_due_ = state_ == State::kAuthorization;
  std::string_view arguments = line;
  const std::string_view name = arguments.substr(0, arguments.find(' '));
  arguments.remove_prefix(std::min(name.size() + 1, arguments.size()));
  const Commands::Info* info = Commands::find(name);
  if (info == nullptr) {
    error("", line.empty() ? "an empty line is no command" : "there is no such command");
    return std::nullopt;
  }
  // RFC 1939 §3: no command has them, and no reply could hold them.
  if (line.find_first_of(std::string_view("\r\0", 2)) != line.npos) {
    error("", "CR stands only before LF, and NUL nowhere");
    return std::nullopt;
  }
  const bool logged_in = state_ == State::kTransaction;
  if (info->place == Commands::Place::kAuthorization && logged_in) {
    error("", "you are logged in already");
    return std::nullopt;
  }
  if (info->place == Commands::Place::kTransaction && !logged_in) {
    error("", "log in first");
    return std::nullopt;
  }
  return info->run(*this, arguments);
}

void ServerSession::ok(std::string_view text) {
  bad_in_a_row_ = 0;
  output_ += "+OK ";
  output_ += text;
  output_ += "\r\n";
}

void ServerSession::error(std::string_view code, std::string_view text) {
  output_ += "-ERR ";
  if (!code.empty()) {
    output_ += '[';
    output_ += code;
    output_ += "] ";
  }
  for (const char c : text) output_ += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  output_ += "\r\n";
  if (++bad_in_a_row_ > settings_.limits.bad_commands_max) closing_ = true;
}

void ServerSession::end(std::string_view text) {
  error("", text);
  closing_ = true;
  auth_line_due_ = false;
  listing_next_ = 0;
  owes_ = Owes::kNothing;
}

void ServerSession::login_ok(Drop drop) {
  HK_ASSERT(owes_ == Owes::kLogin);
  owes_ = Owes::kNothing;
  state_ = State::kTransaction;
  drop_ = std::move(drop);
  unmark_all();
  ok("logged in, " + std::to_string(messages_left_) + " messages");
}

void ServerSession::unmark_all() {
  deleted_.assign(drop_.messages.size(), false);
  messages_left_ = static_cast<std::uint32_t>(drop_.messages.size());
  octets_left_ = 0;
  for (const Drop::Message& message : drop_.messages) octets_left_ += message.octets;
}

void ServerSession::login_failed(LoginFailure failure, std::string_view text) {
  HK_ASSERT(owes_ == Owes::kLogin);
  owes_ = Owes::kNothing;
  error(code_of(failure), text);
}

void ServerSession::challenge(std::string_view base64) {
  HK_ASSERT(owes_ == Owes::kLogin);
  owes_ = Owes::kNothing;
  auth_line_due_ = true;
  output_ += "+ ";
  output_ += base64;
  output_ += "\r\n";
}

void ServerSession::tls_started() {
  HK_ASSERT(owes_ == Owes::kTls);
  owes_ = Owes::kNothing;
  settings_.channel = ChannelSecurity::kEncrypted;
  // RFC 2595 §4: nothing that was said before counts, nor what came along unencrypted.
  user_.clear();
  wipe(pending_);
  begin_ = scanned_ = 0;
}

void ServerSession::message_ok() {
  HK_ASSERT(owes_ == Owes::kMessage);
  owes_ = Owes::kBody;
  ok("the message follows");
}

void ServerSession::message_failed(std::string_view text) {
  HK_ASSERT(owes_ == Owes::kMessage);
  owes_ = Owes::kNothing;
  error("SYS/TEMP", text);
}

void ServerSession::committed(Committed result) {
  HK_ASSERT(owes_ == Owes::kCommit);
  owes_ = Owes::kNothing;
  closing_ = true;
  // RFC 1939 §6.
  if (result == Committed::kAll) {
    ok("goodbye");
  } else {
    error("SYS/TEMP", "some messages were not deleted; they will be there next time");
  }
}

}  // namespace hikyaku::pop3
