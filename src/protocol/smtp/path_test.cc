// SPDX-License-Identifier: Apache-2.0
// Goal: the grammar of RFC 5321 §4.1.2 and §4.1.3, its limits, and one canonical form for each
// mailbox.
#include "protocol/smtp/path.h"

#include <gtest/gtest.h>

namespace hikyaku::smtp {
namespace {

std::string l(std::size_t n) { return std::string(n, 'a'); }

/// A domain of that many octets, of labels that are not too long.
std::string domain_of(std::size_t octets) {
  std::string out;
  while (octets - out.size() > 64) out += l(62) + ".";
  return out + l(octets - out.size());
}

TEST(Path, AddressesAndTheirCanonicalForm) {
  const std::pair<std::string, std::string> kCases[] = {
      {"a@x.example", "a@x.example"},
      {"A.b+c@X.EXAMPLE", "A.b+c@x.example"},
      {"a@x", "a@x"},
      {"a@x.example.", "a@x.example"},
      {"!#$%&'*+-/=?^_`{|}~@x.example", "!#$%&'*+-/=?^_`{|}~@x.example"},
      {"\"a\"@x.example", "a@x.example"},
      {"\"a.b\"@x.example", "a.b@x.example"},
      {"\"a b\"@x.example", "\"a b\"@x.example"},
      {"\"a\\b\"@x.example", "ab@x.example"},
      {"\"a\\\"b\"@x.example", "\"a\\\"b\"@x.example"},
      {"\"a\\\\b\"@x.example", "\"a\\\\b\"@x.example"},
      {"\"Joe\\,Smith\"@x.example", "\"Joe,Smith\"@x.example"},
      {"\"a@b\"@x.example", "\"a@b\"@x.example"},
      {"\"<>\"@x.example", "\"<>\"@x.example"},
      {"\".a\"@x.example", "\".a\"@x.example"},
      {"\"a..b\"@x.example", "\"a..b\"@x.example"},
      {"\"\"@x.example", "\"\"@x.example"},
      {"a@[192.0.2.1]", "a@[192.0.2.1]"},
      {"a@[IPv6:2001:DB8:0:0:0:0:0:1]", "a@[IPv6:2001:db8::1]"},
      {"a@[ipv6:::1]", "a@[IPv6:::1]"},
      {"a@[IPv6:::ffff:192.0.2.1]", "a@[IPv6:::ffff:192.0.2.1]"},
      {"a@1-2.example", "a@1-2.example"},
      {l(64) + "@x.example", l(64) + "@x.example"},
      {"a@" + l(63) + ".example", "a@" + l(63) + ".example"},
  };
  for (const auto& [in, out] : kCases) {
    const auto address = parse_address(in);
    ASSERT_TRUE(address) << in << ": " << address.error().text;
    EXPECT_EQ(address->text(), out) << in;
    const auto again = parse_address(address->text());
    ASSERT_TRUE(again) << in;
    EXPECT_EQ(*again, *address) << in;
  }
}

TEST(Path, NoAddresses) {
  const std::string kCases[] = {
      "",
      "@",
      "a",
      "a@",
      "@x.example",
      "a@@x.example",
      "a@x.example ",
      " a@x.example",
      "a b@x.example",
      ".a@x.example",
      "a.@x.example",
      "a..b@x.example",
      "a@.x",
      "a@x..example",
      "a@-x.example",
      "a@x-.example",
      "a@x_y.example",
      "a@x.example..",
      "a@x,example",
      "a@[192.0.2]",
      "a@[192.0.2.256]",
      "a@[192.0.2.1",
      "a@[192.0.2.1.1]",
      "a@[0192.0.2.1]",
      "a@[192.0.2.1]x",
      "a@[IPv6:2001:db8]",
      "a@[IPv6:1::2::3]",
      "a@[X-new:abc]",
      "a@[]",
      "a@[ ]",
      "\"a@x.example",
      "\"a\"b@x.example",
      "a\"b\"@x.example",
      "\"a\tb\"@x.example",
      "\"a\\\tb\"@x.example",
      "\"a\\",
      "a(comment)@x.example",
      "<a@x.example>",
      "a@x.example>",
      "a@b@x.example",
      "\xc3\xa9@x.example",
      "a@\xc3\xa9.example",
      "a\x7f@x.example",
      std::string("a\0b@x.example", 13),
      l(65) + "@x.example",
      "\"" + l(65) + "\"@x.example",
      "a@" + l(64) + ".example",
      "a@" + domain_of(256),
  };
  for (const auto& in : kCases) {
    EXPECT_FALSE(parse_address(in)) << in;
  }
  EXPECT_TRUE(parse_address("a@" + domain_of(255)));
}

TEST(Path, Utf8OnlyWhenAsked) {
  EXPECT_FALSE(parse_address("\xe9\xa3\x9b\xe8\x84\x9a@x.example"));
  const auto address = parse_address("\xe9\xa3\x9b\xe8\x84\x9a@\xe4\xbe\x8b.example", Utf8::kAllow);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->text(), "\xe9\xa3\x9b\xe8\x84\x9a@xn--fsq.example");
  EXPECT_EQ(*parse_domain("\xe4\xbe\x8b.EXAMPLE.", Utf8::kAllow), "xn--fsq.example");
  for (const char* bad :
       {"\xff@x.example", "\xc3@x.example", "\xc0\x80@x.example", "\xed\xa0\x80@x.example",
        "a@\xf5\x80\x80\x80.example", "a@\xe4\xbe\x8b..example", "a@-\xe4\xbe\x8b.example",
        "a@\xe4\xbe\x8b_.example"}) {
    EXPECT_FALSE(parse_address(bad, Utf8::kAllow)) << bad;
  }
}

TEST(Path, ReversePaths) {
  struct Case {
    std::string_view in, path, rest;
  };
  const Case kCases[] = {
      {"<>", "", ""},
      {"<> SIZE=1", "", " SIZE=1"},
      {"<a@x.example> BODY=7BIT", "a@x.example", " BODY=7BIT"},
      {"<\"a>b\"@x.example>", "\"a>b\"@x.example", ""},
      // RFC 5321 appendix C: source routes are dropped.
      {"<@one,@two.example:a@x.example>", "a@x.example", ""},
      {"<@[192.0.2.1]:a@x.example>x", "a@x.example", "x"},
  };
  for (const auto& [in, path, rest] : kCases) {
    std::string_view left = in;
    const auto got = take_reverse_path(left, Utf8::kRefuse);
    ASSERT_TRUE(got) << in << got.error().text;
    EXPECT_EQ(text(*got), path);
    EXPECT_EQ(left, rest);
  }
  for (const std::string_view bad :
       {"", "a@x.example", "<a@x.example", "<a@x.example >", "< a@x.example>", "<@one>", "<@one:>",
        "<@one,a@x.example>", "<@one,@two>", "<@:a@x.example>", "<<a@x.example>>", "<postmaster>",
        "< >"}) {
    std::string_view left = bad;
    EXPECT_FALSE(take_reverse_path(left, Utf8::kRefuse)) << bad;
  }
}

TEST(Path, ForwardPaths) {
  for (const std::string_view in : {"<Postmaster>", "<POSTMASTER>", "<postmaster>"}) {
    std::string_view left = in;
    const auto got = take_forward_path(left, Utf8::kRefuse);
    ASSERT_TRUE(got) << in;
    EXPECT_EQ(*got, (Address{"postmaster", ""}));
    EXPECT_EQ(got->text(), "postmaster");
  }
  for (const std::string_view bad : {"<>", "<root>", "<postmaster@>", ""}) {
    std::string_view left = bad;
    EXPECT_FALSE(take_forward_path(left, Utf8::kRefuse)) << bad;
  }
  std::string_view left = "<postmaster@x.example> NOTIFY=NEVER";
  EXPECT_EQ(take_forward_path(left, Utf8::kRefuse)->text(), "postmaster@x.example");
  EXPECT_EQ(left, " NOTIFY=NEVER");
}

}  // namespace
}  // namespace hikyaku::smtp
