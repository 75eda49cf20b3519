// SPDX-License-Identifier: Apache-2.0
// Goal: address lists of RFC 5322, of its obsolete forms and of the wild are read as people mean
// them; what is broken is said to be; printing and reading again changes nothing.
#include "protocol/mime/address.h"

#include <gtest/gtest.h>

namespace hikyaku::mime {
namespace {

/// name|route|local|domain of each, groups as [name and ].
std::string shown(const AddressList& list) {
  std::string out;
  for (const auto& a : list) {
    if (!out.empty()) out += ", ";
    if (a.kind == Address::Kind::kGroupBegin) {
      out += "[" + a.name.value_or("?");
    } else if (a.kind == Address::Kind::kGroupEnd) {
      out += "]";
    } else {
      out += a.name.value_or("-") + "|" + a.route + "|" + a.local_part + "|" + a.domain;
    }
  }
  return out;
}

struct Case {
  std::string_view in;
  std::string_view out;
};

const std::vector<Case>& well_formed() {
  static const std::vector<Case> cases = {
      {"", ""},
      {"jdoe@example.org", "-||jdoe|example.org"},
      // RFC 5322 Appendix A.1.1, A.1.2
      {"John Doe <jdoe@machine.example>", "John Doe||jdoe|machine.example"},
      {"\"Joe Q. Public\" <john.q.public@example.com>", "Joe Q. Public||john.q.public|example.com"},
      {"Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
       "Mary Smith||mary|x.test, -||jdoe|example.org, Who?||one|y.test"},
      {"<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
       "-||boss|nil.test, Giant; \"Big\" Box||sysservices|example.net"},
      // A.1.3
      {"A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
       "[A Group, Ed Jones||c|a.test, -||joe|where.test, John||jdoe|one.test, ]"},
      {"Undisclosed recipients:;", "[Undisclosed recipients, ]"},
      // A.5
      {"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete||pete|silly.test"},
      {"A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n"
       "         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end of the "
       "group)",
       "[A Group, Chris Jones||c|public.example, -||joe|example.org, John||jdoe|one.test, ]"},
      {"(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", "[Hidden recipients, ]"},
      // A.6.1, A.6.3
      {"Joe Q. Public <john.q.public@example.com>", "Joe Q. Public||john.q.public|example.com"},
      {"Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
       "Mary Smith|@node.test|mary|example.net, -||jdoe|test.example"},
      {"<@a.test,@b.test:c@d.test>", "-|@a.test,@b.test|c|d.test"},
      {"John Doe <jdoe@machine(comment).  example>", "John Doe||jdoe|machine.example"},
      // The old place of names.
      {"user@domain (Real Name)", "Real Name||user|domain"},
      {"<user@domain> (Real Name)", "Real Name||user|domain"},
      {"\"quoted local\"@example.org", "-||quoted local|example.org"},
      {"\"a\".b@example.org", "-||a.b|example.org"},
      {"a@[192.0.2.1]", "-||a|[192.0.2.1]"},
      {"a@[IPv6:2001:db8::1]", "-||a|[IPv6:2001:db8::1]"},
      {"=?utf-8?q?J=C3=BCrgen?= <j@example.org>", "=?utf-8?q?J=C3=BCrgen?=||j|example.org"},
      // RFC 6532
      {"J\xc3\xbcrgen <j\xc3\xbc@b\xc3\xbc"
       "cher.example>",
       "J\xc3\xbcrgen||j\xc3\xbc|b\xc3\xbc"
       "cher.example"},
      {"\"a\r\n b\" <c@d.test>", "a b||c|d.test"},
      {"g1: a@b.test;, g2: c@d.test;", "[g1, -||a|b.test, ], [g2, -||c|d.test, ]"},
  };
  return cases;
}

const std::vector<Case>& broken() {
  static const std::vector<Case> cases = {
      {"undisclosed-recipients", "-||undisclosed-recipients|"},
      {"root", "-||root|"},
      {"John Doe john@example.org", "John Doe||john|example.org"},
      {"john@example.org John Doe", "John Doe||john|example.org"},
      {"a@b.test; c@d.test", "-||a|b.test, -||c|d.test"},
      {"<a@b.test", "-||a|b.test"},
      {"<a@b.test, c@d.test", "-||a|b.test, -||c|d.test"},
      {"<a@b.test> <c@d.test>", "-||a|b.test, -||c|d.test"},
      {"<>", "-|||"},
      {"\"John Doe <john@example.org>", "\"John Doe||john|example.org"},
      {"a(b@example.org", "-||a(b|example.org"},
      {"a(b@example.org, c@d.test (Name)", "-||a(b|example.org, Name||c|d.test"},
      {"a@b@c.test", "-||a@b|c.test"},
      {"a@b@c.test <d@e.test>", "a@b@c.test||d|e.test"},
      {"group: a@b.test", "[group, -||a|b.test, ]"},
      {"g1: g2: a@b.test;", "[g1, ], [g2, -||a|b.test, ]"},
      {":a@b.test;", "[, -||a|b.test, ]"},
      {"@example.org", "-|||example.org"},
      {"a@", "-||a|"},
      {"a..b@example.org", "-||a..b|example.org"},
      {"a@[192.0.2.1", "-||a|[192.0.2.1"},
      {"J\xfcrgen <j@example.org>", "J\xfcrgen||j|example.org"},
      {"a@b.test,,;", "-||a|b.test"},
      {std::string_view("a\0b@c.test", 10), "a||b|c.test"},
  };
  return cases;
}

TEST(Address, ReadsWellFormedLists) {
  for (const auto& [in, out] : well_formed()) {
    const auto parsed = parse_address_list(in);
    EXPECT_EQ(shown(parsed.list), out) << in;
    EXPECT_TRUE(parsed.well_formed) << in;
  }
}

TEST(Address, ReadsBrokenListsAndSaysSo) {
  for (const auto& [in, out] : broken()) {
    const auto parsed = parse_address_list(in);
    EXPECT_EQ(shown(parsed.list), out) << in;
    EXPECT_FALSE(parsed.well_formed) << in;
  }
}

TEST(Address, PrintedListsReadTheSameWhereverTheInputIsCut) {
  for (const auto* cases : {&well_formed(), &broken()}) {
    for (const auto& c : *cases) {
      for (std::size_t n = 0; n <= c.in.size(); ++n) {
        const auto list = parse_addresses(c.in.substr(0, n));
        EXPECT_EQ(parse_addresses(print_addresses(list)), list)
            << c.in.substr(0, n) << " -> " << print_addresses(list);
      }
    }
  }
}

TEST(Address, QuotesWhatNeedsQuotes) {
  const Address plain{.local_part = "a.b", .domain = "c.test"};
  EXPECT_EQ(plain.spec(), "a.b@c.test");
  const Address odd{.name = "Doe, John", .local_part = "a b", .domain = "c.test"};
  EXPECT_EQ(odd.spec(), "\"a b\"@c.test");
  EXPECT_EQ(print_addresses({odd}), "\"Doe, John\" <\"a b\"@c.test>");
}

TEST(Address, KeepsAtMostSoMany) {
  std::string in;
  for (std::size_t i = 0; i < kAddressesMax + 5; ++i) in += "a@b.test,";
  const auto parsed = parse_address_list(in);
  EXPECT_EQ(parsed.list.size(), kAddressesMax);
  EXPECT_FALSE(parsed.well_formed);
}

TEST(Address, OpeningsThatNothingClosesStayLinear) {
  // Quadratic reading of these would take minutes.
  for (const std::string_view piece : {"(", "\"", "[", "<", "<,", "(\\", "a@", ":", "\\"}) {
    std::string in;
    while (in.size() < 300'000) in += piece;
    const auto list = parse_addresses(in);
    EXPECT_LE(list.size(), kAddressesMax + 2) << piece;
  }
}

}  // namespace
}  // namespace hikyaku::mime
