// SPDX-License-Identifier: Apache-2.0
// Goal: a network takes exactly its addresses, and a mistyped one is refused.
#include "port/net/network.h"

#include <gtest/gtest.h>

namespace hikyaku::net {
namespace {

struct Case {
  const char* network;
  const char* address;
  bool inside;
};

TEST(Network, ContainsExactlyItsAddresses) {
  for (const auto& c : std::initializer_list<Case>{{"127.0.0.0/8", "127.255.0.1", true},
                                                   {"127.0.0.0/8", "128.0.0.1", false},
                                                   {"192.0.2.128/25", "192.0.2.127", false},
                                                   {"192.0.2.128/25", "192.0.2.128", true},
                                                   {"192.0.2.1", "192.0.2.1", true},
                                                   {"192.0.2.1", "192.0.2.2", false},
                                                   {"0.0.0.0/0", "203.0.113.9", true},
                                                   {"0.0.0.0/0", "2001:db8::1", false},
                                                   {"2001:db8::/33", "2001:db8:7fff::1", true},
                                                   {"2001:db8::/33", "2001:db8:8000::1", false}})
    EXPECT_EQ(Network::parse(c.network)->contains(*IpAddress::parse(c.address)), c.inside)
        << c.network << " " << c.address;
}

TEST(Network, RefusesWhatIsNone) {
  for (const char* text :
       {"", "x", "192.0.2.1/33", "192.0.2.1/", "192.0.2.1/-1", "::/129", "1.2.3/8"})
    EXPECT_FALSE(Network::parse(text)) << text;
}

}  // namespace
}  // namespace hikyaku::net
