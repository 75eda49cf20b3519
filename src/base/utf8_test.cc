// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <gtest/gtest.h>

namespace hikyaku {
namespace {

using Kind = Utf8Sequence::Kind;

TEST(Utf8, EveryScalarValueComesBack) {
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    if (c == 0xd800) c = 0xe000;
    std::string octets;
    append_utf8(octets, c);
    ASSERT_TRUE(is_utf8(octets)) << std::uint32_t{c};
    ASSERT_EQ(is_ascii(octets), c < 0x80) << std::uint32_t{c};
    std::string_view rest = octets;
    ASSERT_TRUE(take_utf8(rest) == c) << std::uint32_t{c};
    ASSERT_TRUE(rest.empty()) << std::uint32_t{c};
    for (std::size_t cut = 1; cut < octets.size(); ++cut) {
      const auto part = first_sequence(std::string_view(octets).substr(0, cut));
      ASSERT_TRUE(part.kind == Kind::kIncomplete && part.octets == cut) << std::uint32_t{c};
    }
  }
}

TEST(Utf8, ValidIsWhatRfc3629Says) {
  for (const auto good : {"", "a", "\xc2\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_utf8(good));
  for (const auto bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                         "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                         "\xf8\x88\x80\x80\x80", "\xc2", "\xe1\x80", "\xff", "a\xc3("})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(Utf8, WhatIsNoneIsTakenOctetByOctet) {
  std::string_view text =
      "\xe1\x80"
      "a";
  EXPECT_FALSE(take_utf8(text));
  EXPECT_FALSE(take_utf8(text));
  EXPECT_TRUE(take_utf8(text) == U'a');
  EXPECT_TRUE(text.empty());
  const auto first = first_sequence(
      "\xe1\x80"
      "a");  // one U+FFFD for both
  EXPECT_TRUE(first.kind == Kind::kInvalid && first.octets == 2);
}

TEST(Utf8, AsciiAtTheStart) {
  const std::string ascii(21, 'x');
  for (std::size_t n = 0; n <= ascii.size(); ++n) {
    EXPECT_EQ(ascii_octets(ascii.substr(0, n)), n);
    EXPECT_EQ(ascii_octets(ascii.substr(0, n) + "\xc3\xa9" + ascii), n);
  }
}

}  // namespace
}  // namespace hikyaku
