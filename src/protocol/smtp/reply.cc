// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/reply.h"

#include <fmt/format.h>

#include "base/assert.h"

namespace hikyaku::smtp {
namespace {

// RFC 5321 §4.5.3.1.5: a reply line has at most 512 octets, code and CRLF included.
constexpr std::size_t kTextOctetsMax = 480;

/// Takes "1" to "999" off the beginning, without leading zeros (RFC 3463 §2).
std::optional<std::uint16_t> take_number(std::string_view& in) {
  std::uint16_t value = 0;
  std::size_t digits = 0;
  while (digits < in.size() && digits < 3 && in[digits] >= '0' && in[digits] <= '9') {
    value = static_cast<std::uint16_t>(value * 10 + (in[digits] - '0'));
    ++digits;
  }
  if (digits == 0 || (digits > 1 && in.front() == '0')) return std::nullopt;
  in.remove_prefix(digits);
  return value;
}

void append_clean(std::string_view text, std::string& out) {
  for (const char c : text) out += c >= 0x20 && c < 0x7f ? c : '?';
}

/// The next piece of the text that fits one line; cut at a space where there is one.
std::string_view take_piece(std::string_view& rest) {
  const std::size_t newline = rest.find('\n');
  std::string_view line = rest.substr(0, newline);
  if (line.size() <= kTextOctetsMax) {
    rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
    return line;
  }
  std::size_t cut = line.rfind(' ', kTextOctetsMax);
  if (cut == std::string_view::npos || cut == 0) cut = kTextOctetsMax;
  rest.remove_prefix(cut);
  if (rest.front() == ' ') rest.remove_prefix(1);
  return line.substr(0, cut);
}

}  // namespace

std::string EnhancedStatus::text() const {
  return fmt::format("{}.{}.{}", class_, subject, detail);
}

std::optional<EnhancedStatus> parse_enhanced(std::string_view text) {
  if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.') {
    return std::nullopt;
  }
  EnhancedStatus status;
  status.class_ = static_cast<std::uint16_t>(text[0] - '0');
  text.remove_prefix(2);
  const auto subject = take_number(text);
  if (!subject || text.empty() || text.front() != '.') return std::nullopt;
  text.remove_prefix(1);
  const auto detail = take_number(text);
  if (!detail || (!text.empty() && text.front() != ' ')) return std::nullopt;
  status.subject = *subject;
  status.detail = *detail;
  return status;
}

std::string Reply::one_line() const {
  std::string out;
  const auto add = [&out](std::string_view part) {
    if (!out.empty() && !part.empty()) out += ' ';
    for (const char c : part) out += c == '\n' ? ' ' : c;
  };
  if (code != 0) add(fmt::format("{}", code));
  if (enhanced.present()) add(enhanced.text());
  add(text);
  return out;
}

void append_wire(const Reply& reply, Enhanced enhanced, std::string& out) {
  HK_ASSERT(reply.code >= 200 && reply.code <= 599);
  std::string_view rest = reply.text;
  do {
    const std::string_view piece = take_piece(rest);
    out += fmt::format("{}{}", reply.code, rest.empty() ? ' ' : '-');
    // RFC 2034 §4: on every line of a reply; 3yz replies have none.
    if (enhanced == Enhanced::kWrite && reply.enhanced.present()) {
      out += reply.enhanced.text() + ' ';
    }
    append_clean(piece, out);
    out += "\r\n";
  } while (!rest.empty());
}

}  // namespace hikyaku::smtp
