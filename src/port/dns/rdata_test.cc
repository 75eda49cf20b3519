// SPDX-License-Identifier: Apache-2.0
// Goal: RDATA is read exactly, and never past its end.
#include <gtest/gtest.h>

#include "port/dns/resolver.h"
#include "port/dns/testing/fake_resolver.h"

namespace hikyaku::dns {
namespace {

TEST(Rdata, ReadsNames) {
  EXPECT_EQ(parse_name(std::string_view("\x02mx\x07"
                                        "Example\x03ORG\0",
                                        16))
                .value(),
            "mx.example.org");
  EXPECT_EQ(parse_name(std::string_view("\0", 1)).value(), "");
}

TEST(Rdata, RefusesNamesOfNoHost) {
  const std::string longest_label = std::string(1, 63) + std::string(63, 'a');
  const std::string too_long =
      longest_label + longest_label + longest_label + longest_label + std::string(1, '\0');
  for (const std::string& bad : {std::string("\x03"
                                             "a.b\0",
                                             5),
                                 std::string("\x03"
                                             "a b\0",
                                             5),
                                 std::string("\x02"
                                             "a\\\0",
                                             4),
                                 std::string("\x02"
                                             "a\0\0",
                                             4),
                                 std::string("\xc0\x0c", 2),
                                 std::string("\x01"
                                             "a\0x",
                                             4),
                                 std::string("\x40"
                                             "a\0",
                                             3),
                                 too_long}) {
    EXPECT_FALSE(parse_name(bad).has_value());
  }
}

TEST(Rdata, CutAtEveryOctetIsAnError) {
  const auto mx = rdata_of(Type::kMx, "10 mx.example.org");
  const auto parsed = parse_mx(mx);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->preference, 10);
  EXPECT_EQ(parsed->host, "mx.example.org");
  for (std::size_t n = 0; n < mx.size(); ++n) EXPECT_FALSE(parse_mx(mx.substr(0, n))) << n;
  EXPECT_FALSE(parse_mx(mx + "x"));
}

TEST(Rdata, JoinsTheStringsOfATxt) {
  EXPECT_EQ(parse_txt(std::string_view("\x03"
                                       "abc\x00\x02"
                                       "de",
                                       8))
                .value(),
            "abcde");
  EXPECT_EQ(parse_txt(std::string_view("\0", 1)).value(), "");
  const std::string long_text(600, 'x');
  const auto rdata = rdata_of(Type::kTxt, long_text);
  EXPECT_EQ(parse_txt(rdata).value(), long_text);
  EXPECT_FALSE(parse_txt("").has_value());
  EXPECT_FALSE(parse_txt(std::string_view(rdata).substr(0, 100)).has_value());
}

TEST(Rdata, AddressesHaveTheirLength) {
  EXPECT_EQ(text_of_a(rdata_of(Type::kA, "192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(text_of_aaaa(rdata_of(Type::kAaaa, "2001:db8::1")), "2001:db8::1");
  EXPECT_EQ(text_of_a("abc"), "");
  EXPECT_EQ(text_of_a("abcde"), "");
  EXPECT_EQ(text_of_aaaa("abcd"), "");
}

}  // namespace
}  // namespace hikyaku::dns
