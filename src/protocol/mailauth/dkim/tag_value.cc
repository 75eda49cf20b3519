// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dkim/tag_value.h"

#include <algorithm>
#include <limits>

#include "protocol/mailauth/lookup/name.h"
#include "protocol/mime/header.h"

namespace hikyaku::dkim {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_let_dig(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c); }

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;  // RFC 6376 §2.11: no small ones
  return -1;
}

/// Of a name that has labels of the right size.
bool has_host_labels(std::string_view name) {
  // Why "_": RFC 5321 has none in a sub-domain, DNS has, and some selectors are named so.
  char before = '.';
  for (const char c : name) {
    if (!is_let_dig(c) && c != '-' && c != '_' && c != '.') return false;
    if ((c == '-' && before == '.') || (c == '.' && before == '-')) return false;
    before = c;
  }
  return before != '-';
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view value) {
  std::string out;
  out.reserve(value.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  std::size_t sextets = 0, padding = 0;
  for (const char c : value) {
    if (is_space(c)) continue;
    if (c == '=') {
      if (++padding > 2) return std::nullopt;
      continue;
    }
    const int six = sextet(c);
    if (six < 0 || padding > 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(six);
    ++sextets;
    if (sextets % 4 == 1) continue;
    const auto left = 6 - 2 * ((sextets + 3) % 4);  // bits of this sextet that wait for the next
    out.push_back(static_cast<char>(bits >> left & 0xff));
  }
  const auto rest = sextets % 4;
  if (rest == 1 || (padding > 0 && (rest + padding) % 4 != 0)) return std::nullopt;
  const std::uint32_t left_over = rest == 2 ? bits & 0xf : rest == 3 ? bits & 0x3 : 0;
  if (left_over != 0) return std::nullopt;
  return out;
}

std::optional<std::uint64_t> decode_number(std::string_view value, std::size_t digits_max) {
  if (value.empty() || value.size() > digits_max || !std::ranges::all_of(value, is_digit))
    return std::nullopt;
  std::uint64_t out = 0;
  constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
  for (const char c : value) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (out > (kMax - digit) / 10) return kMax;
    out = out * 10 + digit;
  }
  return out;
}

std::vector<std::string_view> split_at_colons(std::string_view value) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto colon = value.find(':');
    out.push_back(mime::trim(value.substr(0, colon)));
    if (colon == std::string_view::npos) return out;
    value.remove_prefix(colon + 1);
  }
}

std::optional<std::string> decode_quoted_printable(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (is_space(value[i])) continue;
    if (value[i] != '=') {
      out.push_back(value[i]);
      continue;
    }
    if (i + 2 >= value.size()) return std::nullopt;
    const int high = hex_digit(value[i + 1]), low = hex_digit(value[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

std::optional<std::string> dns_name(std::string_view value, std::size_t labels_min) {
  if (value.ends_with('.')) return std::nullopt;  // RFC 6376 §3.5: domain-name has none
  auto name = lookup::a_labels(value);
  if (!name || lookup::label_count(*name) < labels_min || !has_host_labels(*name))
    return std::nullopt;
  return name;
}

bool is_field_name(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
}

}  // namespace hikyaku::dkim
