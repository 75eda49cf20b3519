// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace hikyaku {

Utf8Sequence first_sequence(std::string_view text) {
  using Kind = Utf8Sequence::Kind;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = at(0);
  if (lead < 0x80) return {Kind::kValid, 1, lead};
  if (lead < 0xc2 || lead > 0xf4) return {Kind::kInvalid, 1};
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // RFC 3629 §4: the second octet rules out overlong forms, surrogates and what is over U+10FFFF.
  const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  char32_t point = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size()) return {Kind::kIncomplete, i};
    const bool fits = i == 1 ? at(1) >= low && at(1) <= high : (at(i) & 0xc0U) == 0x80;
    if (!fits) return {Kind::kInvalid, i};
    point = point << 6 | (at(i) & 0x3fU);
  }
  return {Kind::kValid, length, point};
}

std::optional<char32_t> take_utf8(std::string_view& text) {
  const auto first = first_sequence(text);
  const bool valid = first.kind == Utf8Sequence::Kind::kValid;
  text.remove_prefix(valid ? first.octets : 1);
  return valid ? std::optional(first.point) : std::nullopt;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t octet) { out += static_cast<char>(octet); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3f));
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

std::size_t ascii_octets(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

bool is_utf8(std::string_view text) {
  while (true) {
    text.remove_prefix(ascii_octets(text));
    if (text.empty()) return true;
    const auto s = first_sequence(text);
    if (s.kind != Utf8Sequence::Kind::kValid) return false;
    text.remove_prefix(s.octets);
  }
}

}  // namespace hikyaku
