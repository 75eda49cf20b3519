// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/reply_reader.h"

namespace hikyaku::smtp {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Result<bool> ReplyReader::take_line(std::string_view line) {
  // RFC 5321 §4.2: Reply-code = %x32-35 %x30-35 %x30-39
  if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) ||
      !is_digit(line[2]) || (line.size() > 3 && line[3] != ' ' && line[3] != '-')) {
    return close_peer("the remote sent a line that is no SMTP reply");
  }
  const auto code =
      static_cast<std::uint16_t>((line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'));
  if (lines_ > 0 && code != reply_.code) {
    return close_peer("the remote sent a reply with two codes");
  }
  if (++lines_ > kLinesMax || reply_.text.size() + line.size() > kTextOctetsMax) {
    return close_peer("the remote sent a reply that is too long");
  }
  const bool last = line.size() == 3 || line[3] == ' ';
  std::string_view text = line.substr(line.size() > 3 ? 4 : 3);
  if (const auto enhanced = parse_enhanced(text); enhanced && enhanced->class_ == code / 100) {
    if (lines_ == 1) reply_.enhanced = *enhanced;
    if (reply_.enhanced == *enhanced) {
      text.remove_prefix(std::min(text.size(), enhanced->text().size() + 1));
    }
  }
  reply_.code = code;
  if (lines_ > 1) reply_.text += '\n';
  reply_.text += text;
  return last;
}

Result<std::optional<Reply>> ReplyReader::next(std::string_view& in) {
  while (!in.empty()) {
    const std::size_t newline = in.find('\n');
    const std::string_view piece =
        newline == std::string_view::npos ? in : in.substr(0, newline + 1);
    if (line_.size() + piece.size() > kLineOctetsMax) {
      return close_peer("the remote sent a reply line that is too long");
    }
    line_ += piece;
    in.remove_prefix(piece.size());
    if (newline == std::string_view::npos) break;
    if (!line_.ends_with("\r\n"))
      return close_peer("the remote sent a line that ends in a bare LF");
    std::string_view line = line_;
    line.remove_suffix(2);
    if (line.contains('\r') || line.contains('\0')) {
      return close_peer("the remote sent a bare CR or NUL in a reply");
    }
    HK_ASSIGN(const bool last, take_line(line));
    line_.clear();
    if (!last) continue;
    Reply reply = std::move(reply_);
    reset();
    return reply;
  }
  return std::nullopt;
}

}  // namespace hikyaku::smtp
