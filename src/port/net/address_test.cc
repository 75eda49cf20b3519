// SPDX-License-Identifier: Apache-2.0
// Goal: addresses and endpoints are read and written in their usual forms, and nothing else is
// taken for one.
#include "port/net/address.h"

#include <gtest/gtest.h>

#include "port/net/limits.h"
#include "port/net/socket_address.h"

namespace hikyaku::net {
namespace {

TEST(IpAddress, ReadsAndWrites) {
  const struct {
    const char* in;
    const char* text;
    const char* literal;  // RFC 5321 §4.1.3
    bool loopback;
  } table[] = {
      {"192.0.2.1", "192.0.2.1", "[192.0.2.1]", false},
      {"127.1.2.3", "127.1.2.3", "[127.1.2.3]", true},
      {"2001:DB8::1", "2001:db8::1", "[IPv6:2001:db8::1]", false},
      {"::1", "::1", "[IPv6:::1]", true},
      {"::", "::", "[IPv6:::]", false},
      {"::ffff:192.0.2.1", "192.0.2.1", "[192.0.2.1]", false},
  };
  for (const auto& row : table) {
    const auto address = IpAddress::parse(row.in);
    ASSERT_TRUE(address.has_value()) << row.in;
    EXPECT_EQ(address->text(), row.text);
    EXPECT_EQ(address->literal(), row.literal);
    EXPECT_EQ(address->is_loopback(), row.loopback) << row.in;
    EXPECT_EQ(IpAddress::parse(address->text()), address);
  }
}

TEST(IpAddress, RefusesWhatIsNone) {
  for (const std::string bad :
       {"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", "::g", "[::1]", "example.org",
        "fe80::1%eth0", "00000000000000000000000000000000000000000000000000000"}) {
    EXPECT_FALSE(IpAddress::parse(bad).has_value()) << bad;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("127.0.0.1\0x", 11)).has_value());
}

TEST(Endpoint, GivesItsTextBack) {
  for (const std::string text : {"192.0.2.1:25", "[2001:db8::1]:465", "[::]:0", "/run/lmtp"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint.has_value()) << text;
    EXPECT_EQ(endpoint->text(), text);
    EXPECT_EQ(SocketAddress(*endpoint).endpoint(), *endpoint);
  }
}

TEST(Endpoint, RefusesWhatIsNone) {
  for (const std::string bad :
       {"", ":25", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:25x", "::1:25",
        "[192.0.2.1]:25", "localhost:25", "192.0.2.1:-1", "run/lmtp"}) {
    EXPECT_FALSE(parse_endpoint(bad).has_value()) << bad;
  }
  EXPECT_FALSE(parse_endpoint("/" + std::string(107, 'x')).has_value());
}

TEST(ConnectionLimit, CountsInAllAndPerClient) {
  using Answer = ConnectionLimit::Answer;
  ConnectionLimit limit({.all = 3, .per_client = 2});
  const auto a = *IpAddress::parse("192.0.2.1");
  const auto b = *IpAddress::parse("2001:db8::1");
  const auto b2 = *IpAddress::parse("2001:db8::ffff:2");  // of the same /64
  EXPECT_EQ(limit.take(b), Answer::kTaken);
  EXPECT_EQ(limit.take(b2), Answer::kTaken);
  EXPECT_EQ(limit.take(b2), Answer::kFullForClient);
  EXPECT_EQ(limit.take(a), Answer::kTaken);
  EXPECT_EQ(limit.take(a), Answer::kFullForAll);
  limit.give_back(b);
  EXPECT_EQ(limit.take(*IpAddress::parse("192.0.2.2")), Answer::kTaken);
  EXPECT_EQ(limit.open(), 3U);
}

}  // namespace
}  // namespace hikyaku::net
