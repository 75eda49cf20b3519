// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/utf8_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "protocol/smtp/verb.h"
#include "protocol/smtp/xtext.h"

namespace hikyaku::smtp {
namespace {

constexpr std::string_view kType = "utf-8";

/// One character of well-formed UTF-8.
struct Character {
  std::uint32_t point = 0;
  std::size_t octets = 0;  ///< 0: not well-formed
};

Character first_character(std::string_view s) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned lead = at(0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xc2 || lead > 0xf4) return {};
  const std::size_t octets = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (s.size() < octets) return {};
  std::uint32_t point = lead & (0xffU >> (octets + 1));
  for (std::size_t i = 1; i < octets; ++i) {
    if ((at(i) & 0xc0U) != 0x80) return {};
    point = point << 6 | (at(i) & 0x3fU);
  }
  const std::uint32_t least = octets == 2 ? 0x80 : octets == 3 ? 0x800 : 0x10000;
  if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return {};
  return {point, octets};
}

void append_utf8(std::uint32_t point, std::string& out) {
  const auto octet = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (point < 0x80) {
    octet(point);
  } else if (point < 0x800) {
    octet(0xc0 | point >> 6);
    octet(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    octet(0xe0 | point >> 12);
    octet(0x80 | (point >> 6 & 0x3f));
    octet(0x80 | (point & 0x3f));
  } else {
    octet(0xf0 | point >> 18);
    octet(0x80 | (point >> 12 & 0x3f));
    octet(0x80 | (point >> 6 & 0x3f));
    octet(0x80 | (point & 0x3f));
  }
}

/// QCHAR of RFC 6533 §3.
bool is_plain(std::uint32_t c) { return c > 0x20 && c < 0x7f && c != '+' && c != '=' && c != '\\'; }

/// What xtext would have to escape, which may be embedded though it is ASCII.
bool may_be_embedded(std::uint32_t point) { return point >= 0x80 || !is_plain(point); }

/// Takes "\x{98DB}" off the beginning: HEXPOINT has capitals, 2 to 6 digits, and no needless zeros.
std::optional<std::uint32_t> take_embedded(std::string_view& in) {
  const auto close = in.find('}');
  if (!in.starts_with("\\x{") || close == std::string_view::npos) return std::nullopt;
  const auto digits = in.substr(3, close - 3);
  if (digits.size() < 2 || digits.size() > 6) return std::nullopt;
  if (digits.size() > 2 && digits.front() == '0') return std::nullopt;
  std::uint32_t point = 0;
  for (const char c : digits) {
    if (c >= '0' && c <= '9') {
      point = point * 16 + static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'A' && c <= 'F') {
      point = point * 16 + static_cast<std::uint32_t>(c - 'A' + 10);
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

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto octets = first_character(text).octets;
    if (octets == 0) return false;
    text.remove_prefix(octets);
  }
  return true;
}

std::string utf8_address_encode(std::string_view mailbox) {
  std::string out;
  while (!mailbox.empty()) {
    const auto c = first_character(mailbox);
    if (c.octets == 0) {  // never of an address that was parsed
      out += "\\x{FFFD}";
      mailbox.remove_prefix(1);
      continue;
    }
    if (is_plain(c.point))
      out += static_cast<char>(c.point);
    else
      out += fmt::format("\\x{{{:02X}}}", c.point);
    mailbox.remove_prefix(c.octets);
  }
  return out;
}

std::optional<std::string> utf8_address_decode(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::string out;
  while (!text.empty()) {
    if (text.front() == '\\') {
      const auto point = take_embedded(text);
      if (!point) return std::nullopt;
      append_utf8(*point, out);
      continue;
    }
    const auto c = first_character(text);
    if (c.octets == 0 || (c.point < 0x80 && !is_plain(c.point))) return std::nullopt;
    out.append(text.substr(0, c.octets));
    text.remove_prefix(c.octets);
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
