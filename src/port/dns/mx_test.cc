// SPDX-License-Identifier: Apache-2.0
// Goal: mail finds its hosts by all the rules of RFC 5321 §5.1 and RFC 7505, never comes back to
// us, and every way of having no route is told apart.
#include "port/dns/mx.h"

#include <gtest/gtest.h>

#include <set>

#include "base/task_scope.h"
#include "port/dns/testing/fake_resolver.h"

namespace hikyaku::dns {
namespace {

using Families = RouteOptions::Families;

std::expected<MailRoute, NoRoute> route(FakeResolver& resolver, std::string domain,
                                        RouteOptions options = {}) {
  return run_sync(route_mail(&resolver, std::move(domain), std::move(options)));
}

/// "mx1.example.org=192.0.2.1,192.0.2.2 mx2…", or the reason for which there is none.
std::string told(const std::expected<MailRoute, NoRoute>& result) {
  if (!result) return std::string(status_code(result.error().reason));
  std::string out;
  for (const auto& host : result->hosts) {
    out += (out.empty() ? "" : " ") + host.name + "=";
    for (const auto& address : host.addresses) {
      out += (out.ends_with('=') ? "" : ",") + address.text();
    }
  }
  return out;
}

struct Row {
  const char* what;
  std::vector<std::pair<const char*, const char*>> mx;  // of example.org: "10", host
  std::vector<std::pair<const char*, const char*>> a;   // host, address
  std::string expected;
};

TEST(RouteMail, TableOfRfc5321) {
  const Row table[] = {
      {"one host",
       {{"10", "mx.example.org"}},
       {{"mx.example.org", "192.0.2.1"}},
       "mx.example.org=192.0.2.1"},
      {"by preference, whatever the answer's order",
       {{"30", "c.example.org"}, {"10", "a.example.org"}, {"20", "b.example.org"}},
       {{"a.example.org", "192.0.2.1"},
        {"b.example.org", "192.0.2.2"},
        {"c.example.org", "192.0.2.3"}},
       "a.example.org=192.0.2.1 b.example.org=192.0.2.2 c.example.org=192.0.2.3"},
      {"preferences are numbers of 16 bits",
       {{"65535", "a.example.org"}, {"256", "b.example.org"}, {"255", "c.example.org"}},
       {{"a.example.org", "192.0.2.1"},
        {"b.example.org", "192.0.2.2"},
        {"c.example.org", "192.0.2.3"}},
       "c.example.org=192.0.2.3 b.example.org=192.0.2.2 a.example.org=192.0.2.1"},
      {"no MX: the domain itself", {}, {{"example.org", "192.0.2.7"}}, "example.org=192.0.2.7"},
      {"an MX without addresses does not bring the domain's own back",
       {{"10", "mx.example.org"}},
       {{"example.org", "192.0.2.7"}},
       "5.4.4"},
      {"a host without addresses is passed over",
       {{"10", "gone.example.org"}, {"20", "b.example.org"}},
       {{"b.example.org", "192.0.2.2"}},
       "b.example.org=192.0.2.2"},
      {"a host twice, at its best",
       {{"20", "a.example.org"}, {"10", "A.Example.ORG"}},
       {{"a.example.org", "192.0.2.1"}},
       "a.example.org=192.0.2.1"},
      {"several addresses",
       {{"10", "a.example.org"}},
       {{"a.example.org", "192.0.2.1"}, {"a.example.org", "192.0.2.2"}},
       "a.example.org=192.0.2.1,192.0.2.2"},
      {"addresses that lead nowhere",
       {{"10", "a.example.org"}},
       {{"a.example.org", "0.0.0.0"}},
       "5.4.4"},
      {"null MX (RFC 7505)", {{"0", "."}}, {{"example.org", "192.0.2.7"}}, "5.1.10"},
      {"null MX of another preference", {{"10", "."}}, {}, "5.1.10"},
      {"a null MX beside a host says nothing",
       {{"0", "."}, {"10", "mx.example.org"}},
       {{"mx.example.org", "192.0.2.1"}},
       "mx.example.org=192.0.2.1"},
      {"nothing at all", {}, {}, "5.1.2"},
  };
  for (const auto& row : table) {
    FakeResolver resolver;
    for (const auto& [preference, host] : row.mx) {
      resolver.add("example.org", Type::kMx, std::string(preference) + " " + host);
    }
    for (const auto& [host, address] : row.a) resolver.add(host, Type::kA, address);
    EXPECT_EQ(told(route(resolver, "Example.ORG")), row.expected) << row.what;
  }
}

TEST(RouteMail, ADomainWithoutMxAndWithoutAddressExistsButHasNoRoute) {
  FakeResolver resolver;
  resolver.add("example.org", Type::kTxt, "v=spf1 -all");
  EXPECT_EQ(told(route(resolver, "example.org")), "5.4.4");
}

TEST(RouteMail, CnamesAreFollowed) {
  FakeResolver resolver;
  resolver.add("alias.example.org", Type::kCname, "real.example.org");
  resolver.add("real.example.org", Type::kMx, "10 mx.example.org");
  resolver.add("mx.example.org", Type::kCname, "host.example.org");
  resolver.add("host.example.org", Type::kA, "192.0.2.1");
  EXPECT_EQ(told(route(resolver, "alias.example.org")), "mx.example.org=192.0.2.1");
}

TEST(RouteMail, LoopsAreCutOffAtOurselves) {
  FakeResolver asked;
  asked.add("example.org", Type::kMx, "10 a.example.org");
  asked.add("example.org", Type::kMx, "20 b.example.org");
  asked.add("example.org", Type::kMx, "20 us.example.net");
  asked.add("example.org", Type::kMx, "30 c.example.org");
  asked.add("a.example.org", Type::kA, "192.0.2.1");
  asked.add("b.example.org", Type::kA, "192.0.2.2");
  asked.add("us.example.net", Type::kA, "192.0.2.9");
  asked.add("c.example.org", Type::kA, "192.0.2.3");
  asked.add("us.example.net", Type::kMx, "10 us.example.net");
  asked.add("plain.example.net", Type::kA, "192.0.2.9");
  EXPECT_EQ(told(route(asked, "example.org", {.own_names = {"us.example.net"}})),
            "a.example.org=192.0.2.1");
  RouteOptions by_address;
  by_address.own_addresses.push_back(*net::IpAddress::parse("192.0.2.9"));
  EXPECT_EQ(told(route(asked, "example.org", by_address)), "a.example.org=192.0.2.1");
  EXPECT_EQ(told(route(asked, "us.example.net", {.own_names = {"us.example.net"}})), "5.4.6");
  EXPECT_EQ(told(route(asked, "us.example.net", by_address)), "5.4.6");
  EXPECT_EQ(told(route(asked, "plain.example.net", by_address)), "5.4.6");
  EXPECT_EQ(told(route(asked, "plain.example.net", {.own_names = {"plain.example.net"}})), "5.4.6");
  EXPECT_EQ(told(route(asked, "[192.0.2.9]", by_address)), "5.4.6");
}

TEST(RouteMail, EqualPreferencesAreShuffled) {
  FakeResolver resolver;
  for (const std::string host : {"a", "b", "c"}) {
    resolver.add("example.org", Type::kMx, "10 " + host + ".example.org");
    resolver.add(host + ".example.org", Type::kA, "192.0.2.1");
  }
  std::set<std::string> orders;
  std::uint64_t seed = 0;
  for (; seed < 6; ++seed) {
    std::uint64_t state = seed;
    RouteOptions options;
    options.random_below = [&](std::uint64_t n) {
      const auto digit = state % n;
      state /= n;
      return digit;
    };
    orders.insert(told(route(resolver, "example.org", options)));
  }
  EXPECT_EQ(orders.size(), 6U);  // all permutations
}

TEST(RouteMail, BothFamiliesByTurns) {
  FakeResolver resolver;
  resolver.add("example.org", Type::kMx, "10 mx.example.org");
  for (const char* four : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) {
    resolver.add("mx.example.org", Type::kA, four);
  }
  resolver.add("mx.example.org", Type::kAaaa, "2001:db8::1");
  EXPECT_EQ(told(route(resolver, "example.org")),
            "mx.example.org=2001:db8::1,192.0.2.1,192.0.2.2,192.0.2.3");
  EXPECT_EQ(told(route(resolver, "example.org", {.families = Families::kIpv4Only})),
            "mx.example.org=192.0.2.1,192.0.2.2,192.0.2.3");
  EXPECT_EQ(told(route(resolver, "example.org", {.families = Families::kIpv6Only})),
            "mx.example.org=2001:db8::1");
  EXPECT_EQ(told(route(resolver, "example.org", {.addresses_max = 2})),
            "mx.example.org=2001:db8::1,192.0.2.1");
}

TEST(RouteMail, LooksUpSoManyHostsAndNoMore) {
  FakeResolver resolver;
  for (int i = 0; i < 50; ++i) {
    resolver.add("example.org", Type::kMx, "10 mx" + std::to_string(i) + ".example.org");
  }
  EXPECT_EQ(told(route(resolver, "example.org", {.hosts_max = 5})), "5.4.4");
  EXPECT_EQ(resolver.asked().size(), 1U + 5 * 2);
}

TEST(RouteMail, AddressLiterals) {
  FakeResolver resolver;
  EXPECT_EQ(told(route(resolver, "[192.0.2.1]")), "[192.0.2.1]=192.0.2.1");
  EXPECT_EQ(told(route(resolver, "[IPv6:2001:DB8::1]")), "[ipv6:2001:db8::1]=2001:db8::1");
  for (const std::string bad : {"[", "[]", "[192.0.2.1", "[192.0.2]", "[2001:db8::1]",
                                "[IPv6:192.0.2.1]", "[example.org]", "[192.0.2.1]x"}) {
    EXPECT_EQ(told(route(resolver, bad)), "5.1.2") << bad;
  }
  EXPECT_TRUE(resolver.asked().empty());
}

TEST(RouteMail, WhatIsNoDomainIsNotAskedFor) {
  FakeResolver resolver;
  for (const std::string& bad :
       {std::string(), std::string("."), std::string("a..example.org"), std::string(".example.org"),
        std::string("exam ple.org"), std::string("ex\\046ample.org"), std::string("ex\0mple", 7),
        std::string(64, 'a') + ".org", std::string(254, 'a')}) {
    EXPECT_EQ(told(route(resolver, bad)), "5.1.2") << bad;
  }
  EXPECT_TRUE(resolver.asked().empty());
}

TEST(RouteMail, NoAnswerIsTemporaryAndOtherHostsAreStillUsed) {
  FakeResolver resolver;
  resolver.fail("example.org", Type::kMx);
  const auto failed = route(resolver, "example.org");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().error.remedy, Remedy::kRetryLater);
  EXPECT_EQ(status_code(failed.error().reason), "4.4.3");

  FakeResolver bogus;
  bogus.set("example.org", Type::kMx,
            {.status = Answer::Status::kBogus, .why = verbatim("forged")});
  EXPECT_EQ(route(bogus, "example.org").error().error.remedy, Remedy::kRetryLater);

  FakeResolver partly;
  partly.add("example.org", Type::kMx, "10 a.example.org");
  partly.add("example.org", Type::kMx, "20 b.example.org");
  partly.fail("a.example.org", Type::kA);
  EXPECT_EQ(told(route(partly, "example.org")), "4.4.3");  // b has none
  partly.add("b.example.org", Type::kA, "192.0.2.2");
  EXPECT_EQ(told(route(partly, "example.org")), "b.example.org=192.0.2.2");
}

TEST(RouteMail, SecureWhenEveryAnswerIs) {
  FakeResolver resolver;
  resolver.add("example.org", Type::kMx, "10 mx.example.org");
  resolver.add("mx.example.org", Type::kA, "192.0.2.1");
  const auto insecure = route(resolver, "example.org");
  EXPECT_FALSE(insecure->secure || insecure->hosts.front().secure);
  resolver.secure();
  const auto secure = route(resolver, "example.org");
  EXPECT_TRUE(secure->secure && secure->hosts.front().secure && secure->from_mx);
}

// Each question fails once: the result is a route, or temporary, but never permanent.
TEST(RouteMail, FailureWalk) {
  for (std::size_t n = 0;; ++n) {
    FakeResolver resolver;
    resolver.add("example.org", Type::kMx, "10 a.example.org");
    resolver.add("example.org", Type::kMx, "20 b.example.org");
    resolver.add("a.example.org", Type::kA, "192.0.2.1");
    resolver.add("b.example.org", Type::kAaaa, "2001:db8::2");
    resolver.fail_at(n);
    const auto result = route(resolver, "example.org");
    if (!result) EXPECT_EQ(result.error().error.remedy, Remedy::kRetryLater) << n;
    if (resolver.asked().size() <= n) break;
    EXPECT_LT(n, 5U);
  }
}

}  // namespace
}  // namespace hikyaku::dns
