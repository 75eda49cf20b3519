// SPDX-License-Identifier: Apache-2.0
// Goal: the canonical forms of RFC 6376 §3.4.5, the same for every way to cut the body.
#include "protocol/mailauth/dkim/canonical.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace hikyaku::dkim {
namespace {

std::string body(Canonicalization kind, std::initializer_list<std::string_view> chunks) {
  std::string out;
  const Sink sink = [&](std::string_view run) { out += run; };
  BodyCanonicalizer canonicalizer(kind);
  for (const auto chunk : chunks) canonicalizer.push(chunk, sink);
  canonicalizer.finish(sink);
  return out;
}

TEST(Canonical, BodiesInEveryCut) {
  struct Case {
    std::string_view text, simple, relaxed;
  };
  const Case cases[] = {
      {" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},  // §3.4.5
      {"", "\r\n", ""},
      {"\r\n\r\n", "\r\n", ""},
      {"a", "a\r\n", "a\r\n"},
      {"\r\n\r\na\r\n", "\r\n\r\na\r\n", "\r\n\r\na\r\n"},
      {"a\r\n \t\r\n", "a\r\n \t\r\n", "a\r\n"},
      {"a \r b\r\n", "a \r b\r\n", "a \r b\r\n"},
      {"a\r", "a\r\r\n", "a\r\r\n"},
      {"a\nb\n", "a\nb\n\r\n", "a\nb\n\r\n"},
      {"a\r\r\n\r\nb \r\n\r\n", "a\r\r\n\r\nb \r\n", "a\r\r\n\r\nb\r\n"},
  };
  for (const auto& c : cases) {
    for (std::size_t i = 0; i <= c.text.size(); ++i) {
      for (std::size_t j = i; j <= c.text.size(); ++j) {
        const auto a = c.text.substr(0, i), b = c.text.substr(i, j - i), d = c.text.substr(j);
        EXPECT_EQ(body(Canonicalization::kSimple, {a, b, d}), c.simple) << c.text;
        EXPECT_EQ(body(Canonicalization::kRelaxed, {a, b, d}), c.relaxed) << c.text;
      }
    }
  }
}

TEST(Canonical, Fields) {
  using enum Canonicalization;
  EXPECT_EQ(canonical_field(kRelaxed, "A: X\r\n"), "a:X");
  EXPECT_EQ(canonical_field(kRelaxed, "B : Y\t\r\n\tZ  \r\n"), "b:Y Z");
  EXPECT_EQ(canonical_field(kSimple, "B : Y\t\r\n\tZ  \r\n"), "B : Y\t\r\n\tZ  ");
  EXPECT_EQ(canonical_field(kSimple, "A: X\r\n"), "A: X");
  EXPECT_EQ(canonical_field(kRelaxed, "A:"), "a:");
  EXPECT_EQ(canonical_field(kRelaxed, "A:\r\n \t\r\n"), "a:");
  EXPECT_EQ(canonical_field(kRelaxed, "A: b\r\n\t\r\n c\r\n"), "a:b c");
  EXPECT_EQ(canonical_field(kRelaxed, "A: b\rc\r\n"), "a:b\rc");
}

// Any body, in pieces of any size, comes out as in one piece, and twice is the same as once.
TEST(Canonical, IsStable) {
  constexpr std::string_view kOctets = "a \t\r\n.";
  std::uint32_t random = 1;
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      random = random * 1664525 + 1013904223;
      if (const auto pick = random >> 29U; pick < kOctets.size()) {
        text += kOctets[pick];
      } else {
        text += "\r\n";
      }
    }
    for (const auto kind : {Canonicalization::kSimple, Canonicalization::kRelaxed}) {
      const auto once = body(kind, {text});
      ASSERT_EQ(body(kind, {once}), once) << testing::PrintToString(text);
      for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        const std::string_view all = text;
        ASSERT_EQ(body(kind, {all.substr(0, cut), all.substr(cut)}), once);
      }
    }
  }
}

}  // namespace
}  // namespace hikyaku::dkim
