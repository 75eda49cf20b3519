// SPDX-License-Identifier: Apache-2.0
// Goal: addresses are read as strictly as RFC 7208 §5.6 wants, and compared bit by bit.
#include "protocol/mailauth/spf/ip.h"

#include <gtest/gtest.h>

namespace hikyaku::spf {
namespace {

TEST(Ip, OfAClientUnmapsIpv4) {
  EXPECT_EQ(Ip::parse("::FFFF:192.0.2.1"), Ip::parse("192.0.2.1"));
  EXPECT_EQ(Ip::parse("::ffff:c000:201"), Ip::parse("192.0.2.1"));
  EXPECT_TRUE(Ip::parse("::ffff:192.0.2.1")->is_v4());
  EXPECT_FALSE(Ip::parse("::192.0.2.1")->is_v4());
  EXPECT_FALSE(Ip::parse_v6("::ffff:192.0.2.1")->is_v4());
}

TEST(Ip, IsReadStrictly) {
  for (const char* bad : {"", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.4 ", " 1.2.3.4",
                          "1.2.3.4/8", "0x1.2.3.4", "1.2.3.-4", "2001:db8::1"}) {
    EXPECT_FALSE(Ip::parse_v4(bad)) << bad;
  }
  for (const char* bad : {"", ":", ":::", "1::2::3", "12345::", "::g", "::1/64", "fe80::1%eth0",
                          "1:2:3:4:5:6:7", "192.0.2.1"}) {
    EXPECT_FALSE(Ip::parse_v6(bad)) << bad;
  }
  EXPECT_FALSE(Ip::parse_v4(std::string_view("1.2.3.4\0", 8)));
  EXPECT_FALSE(Ip::parse_v6(std::string(1000, '1')));
  EXPECT_FALSE(Ip::of_octets("123"));
}

TEST(Ip, IsInANetwork) {
  struct Case {
    const char* ip;
    const char* network;
    unsigned bits;
    bool wanted;
  };
  const Case cases[] = {
      {"192.0.2.129", "192.0.2.128", 28, true},
      {"192.0.2.65", "192.0.2.128", 28, false},
      {"192.0.2.1", "10.0.0.0", 0, true},
      {"192.0.2.1", "192.0.2.1", 32, true},
      {"192.0.2.1", "192.0.2.0", 32, false},
      {"192.0.2.1", "192.0.2.0", 31, true},
      {"192.0.2.1", "::", 0, false},
      {"2001:db8::1", "0.0.0.0", 0, false},
      {"2001:db8::1", "2001:db8::", 32, true},
      {"2001:db8::1", "2001:db8::", 128, false},
      {"2001:db8::1", "2001:db8::", 127, true},
      {"cafe:babe:8000::", "cafe:babe:ffff::", 33, true},
      {"cafe:babe::", "cafe:babe:8000::", 33, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Ip::parse(c.ip)->is_in(*Ip::parse(c.network), c.bits), c.wanted)
        << c.ip << ' ' << c.network << '/' << c.bits;
  }
}

TEST(Ip, HasItsNames) {
  const auto four = *Ip::parse("192.0.2.3");
  EXPECT_EQ(four.text(), "192.0.2.3");
  EXPECT_EQ(four.dotted(), "192.0.2.3");
  EXPECT_EQ(four.reverse_name(), "3.2.0.192.in-addr.arpa");
  const auto six = *Ip::parse("2001:DB8::CB01");
  EXPECT_EQ(six.text(), "2001:db8::cb01");
  EXPECT_EQ(six.dotted(), "2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.c.b.0.1");
  EXPECT_EQ(six.reverse_name(),
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

}  // namespace
}  // namespace hikyaku::spf
