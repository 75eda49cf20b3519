// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/utf8.h"

namespace hikyaku::imap {

std::optional<char32_t> take_utf8(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = 1;
  char32_t c = lead;
  char32_t least = 0;
  if (lead >= 0xf0) {
    length = 4;
    c = lead & 0x07U;
    least = 0x10000;
  } else if (lead >= 0xe0) {
    length = 3;
    c = lead & 0x0fU;
    least = 0x800;
  } else if (lead >= 0xc0) {
    length = 2;
    c = lead & 0x1fU;
    least = 0x80;
  }
  bool good = (lead < 0x80 || length > 1) && lead < 0xf8 && text.size() >= length;
  for (std::size_t i = 1; good && i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    good = (next & 0xc0U) == 0x80U;
    c = (c << 6) | (next & 0x3fU);
  }
  good = good && c >= least && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
  text.remove_prefix(good ? length : 1);
  return good ? std::optional(c) : std::nullopt;
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

}  // namespace hikyaku::imap
