// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/utf8_address.h"

#include <fmt/format.h>

#include <cstdint>

#include "base/utf8.h"
#include "protocol/smtp/verb.h"
#include "protocol/smtp/xtext.h"

namespace hikyaku::smtp {
namespace {

constexpr std::string_view kType = "utf-8";

/// QCHAR of RFC 6533 §3.
bool is_plain(char32_t c) { return c > 0x20 && c < 0x7f && c != '+' && c != '=' && c != '\\'; }

/// What xtext would have to escape, which may be embedded though it is ASCII.
bool may_be_embedded(char32_t point) { return point >= 0x80 || !is_plain(point); }

/// Takes "\x{98DB}" off the beginning: HEXPOINT has capitals, 2 to 6 digits, and no needless zeros.
std::optional<char32_t> take_embedded(std::string_view& in) {
  const auto close = in.find('}');
  if (!in.starts_with("\\x{") || close == std::string_view::npos) return std::nullopt;
  const auto digits = in.substr(3, close - 3);
  if (digits.size() < 2 || digits.size() > 6) return std::nullopt;
  if (digits.size() > 2 && digits.front() == '0') return std::nullopt;
  char32_t point = 0;
  for (const char c : digits) {
    if (c >= '0' && c <= '9') {
      point = point * 16 + static_cast<char32_t>(c - '0');
    } else if (c >= 'A' && c <= 'F') {
      point = point * 16 + static_cast<char32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
  }
  const bool surrogate = point >= 0xd800 && point < 0xe000;
  if (point == 0 || point > 0x10ffff || surrogate || !may_be_embedded(point)) return std::nullopt;
  in.remove_prefix(close + 1);
  return point;
}

/// What stands behind the type; nullopt when the type is another one.
std::optional<std::string_view> of_utf8_type(std::string_view orcpt) {
  const auto semicolon = orcpt.find(';');
  if (semicolon == std::string_view::npos ||
      !equal_ignoring_case(orcpt.substr(0, semicolon), kType))
    return std::nullopt;
  return orcpt.substr(semicolon + 1);
}

}  // namespace

std::string utf8_address_encode(std::string_view mailbox) {
  std::string out;
  while (!mailbox.empty()) {
    // Of an address that was parsed all is UTF-8.
    const char32_t c = take_utf8(mailbox).value_or(0xfffd);
    if (is_plain(c))
      out += static_cast<char>(c);
    else
      out += fmt::format("\\x{{{:02X}}}", static_cast<std::uint32_t>(c));
  }
  return out;
}

std::optional<std::string> utf8_address_decode(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::string out;
  while (!text.empty()) {
    const bool embedded = text.front() == '\\';
    const auto c = embedded ? take_embedded(text) : take_utf8(text);
    if (!c || (!embedded && *c < 0x80 && !is_plain(*c))) return std::nullopt;
    append_utf8(out, *c);
  }
  return out;
}

std::string ascii_orcpt(std::string_view orcpt) {
  const auto encoded = of_utf8_type(orcpt);
  const auto mailbox = encoded ? utf8_address_decode(*encoded) : std::nullopt;
  if (!mailbox) return std::string(orcpt);
  return std::string(kType) + ";" + utf8_address_encode(*mailbox);
}

std::string orcpt_of(std::string_view mailbox) {
  if (is_ascii(mailbox)) return "rfc822;" + xtext_encode(mailbox);
  return std::string(kType) + ";" + utf8_address_encode(mailbox);
}

std::string shown_orcpt(std::string_view orcpt) {
  const auto semicolon = orcpt.find(';');
  if (semicolon == std::string_view::npos) return {};
  const auto type = orcpt.substr(0, semicolon + 1);
  if (const auto encoded = of_utf8_type(orcpt)) {
    // RFC 6533 §3: what is no such address is copied as it is.
    return std::string(type) + utf8_address_decode(*encoded).value_or(std::string(*encoded));
  }
  const auto address = xtext_decode(orcpt.substr(semicolon + 1));
  return address ? std::string(type) + *address : std::string();
}

}  // namespace hikyaku::smtp
