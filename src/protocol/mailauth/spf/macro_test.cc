// SPDX-License-Identifier: Apache-2.0
// Goal: macros expand as RFC 7208 §7 says, its own examples first, and nothing else passes for one.
#include "protocol/mailauth/spf/macro.h"

#include <gtest/gtest.h>

#include "protocol/mailauth/spf/ip.h"

namespace hikyaku::spf {
namespace {

/// RFC 7208 §7.4.
MacroValues values(const char* ip = "192.0.2.3") {
  const Ip address = *Ip::parse(ip);
  return {"strong-bad",     "email.example.com", "email.example.com",
          address.dotted(), address.text(),      address.is_v4() ? "in-addr" : "ip6",
          "mx.example.org", "receiver.example",  "mx.example.org",
          1'790'000'000};
}

std::string expanded(std::string_view text, const MacroValues& v) {
  EXPECT_FALSE(check_macros(text, MacroUse::kExplanation)) << text;
  return expand_explanation(text, v, 10'000);
}

struct Expansion {
  std::string_view text;
  std::string_view wanted;
};

TEST(Macro, ExpandsAsInSection7_4) {
  const Expansion cases[] = {
      {"%{s}", "strong-bad@email.example.com"},
      {"%{o}", "email.example.com"},
      {"%{d}", "email.example.com"},
      {"%{d4}", "email.example.com"},
      {"%{d3}", "email.example.com"},
      {"%{d2}", "example.com"},
      {"%{d1}", "com"},
      {"%{dr}", "com.example.email"},
      {"%{d2r}", "example.email"},
      {"%{l}", "strong-bad"},
      {"%{l-}", "strong.bad"},
      {"%{lr}", "strong-bad"},
      {"%{lr-}", "bad.strong"},
      {"%{l1r-}", "strong"},
      {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
      {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
      {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
      {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
      {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
  };
  for (const Expansion& c : cases) {
    EXPECT_EQ(expanded(c.text, values()), c.wanted) << c.text;
    EXPECT_EQ(expand_domain(c.text, values()), c.wanted) << c.text;
  }
  EXPECT_EQ(expand_domain("%{ir}.%{v}._spf.%{d2}", values("2001:db8::cb01")),
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com");
}

TEST(Macro, HasAllLettersTransformersAndDelimiters) {
  MacroValues v = values("2001:db8::1");
  v.local_part = "a+b,c/d_e=f-g.h";
  const Expansion cases[] = {
      {"%{c} %{r} %{t} %{h} %{p} %{v}",
       "2001:db8::1 receiver.example 1790000000 mx.example.org mx.example.org ip6"},
      {"%{l+,/_=-.}", "a.b.c.d.e.f.g.h"},
      {"%{l3r+,/_=-.}", "c.b.a"},
      {"%{L}", "a%2Bb%2Cc%2Fd_e%3Df-g.h"},
      {"%{S}", "a%2Bb%2Cc%2Fd_e%3Df-g.h%40email.example.com"},
      {"%{lR+}", "b,c/d_e=f-g.h.a"},
      {"%{d127}", "email.example.com"},
      {"%{d99999999999999999999}", "email.example.com"},
      {"%{d02}", "example.com"},
      {"100%%%_of%-it", "100% of%20it"},
  };
  for (const Expansion& c : cases) EXPECT_EQ(expanded(c.text, v), c.wanted) << c.text;
  // "leading, trailing, or consecutive delimiters ... the list of parts might contain empty
  // strings"
  v.local_part = "-a--b-";
  EXPECT_EQ(expanded("%{l-}", v), ".a..b.");
  EXPECT_EQ(expanded("%{lr-}", v), ".b..a.");
  v.local_part = "\xC3\xBC";
  EXPECT_EQ(expanded("%{L}", v), "%C3%BC");
}

TEST(Macro, SyntaxErrorsHaveAPosition) {
  struct Case {
    std::string_view text;
    MacroUse use;
    std::size_t position;
  };
  const Case cases[] = {
      {"%(ir).example", MacroUse::kTerm, 1},
      {"a.%", MacroUse::kTerm, 3},
      {"%{", MacroUse::kTerm, 2},
      {"%{i", MacroUse::kTerm, 3},
      {"%{x}", MacroUse::kTerm, 2},
      {"%{}", MacroUse::kTerm, 2},
      {"%{d0}", MacroUse::kTerm, 3},
      {"%{d00r}", MacroUse::kTerm, 3},
      {"%{dr2}", MacroUse::kTerm, 4},
      {"%{drr}", MacroUse::kTerm, 4},
      {"%{d.r}", MacroUse::kTerm, 4},
      {"%{c}.example", MacroUse::kTerm, 2},
      {"%{R}.example", MacroUse::kTerm, 2},
      {"%{t}.example", MacroUse::kTerm, 2},
      {"a b", MacroUse::kModifier, 1},
      {"a\tb", MacroUse::kExplanation, 1},
      {"a\x80", MacroUse::kExplanation, 1},
      {"\x7f", MacroUse::kTerm, 0},
      {std::string_view("a\0", 2), MacroUse::kTerm, 1},
  };
  for (const Case& c : cases) {
    const auto error = check_macros(c.text, c.use);
    ASSERT_TRUE(error) << c.text;
    EXPECT_EQ(error->position, c.position) << c.text << ": " << error->what;
  }
  EXPECT_FALSE(check_macros("a b %{t}", MacroUse::kExplanation));
  EXPECT_FALSE(check_macros("", MacroUse::kTerm));
}

TEST(Macro, DomainSpecEndsInATopLabelOrAMacro) {
  for (const char* good : {"example.org", "example.org.", "%{d}", "foo.%{d2}", "a.%{h}", "%{d}.org",
                           ".org", "foo:bar/baz.example.org", "a.xn--zckzah", "a.1-2", "a.b%%",
                           "a.b%_", "a.b%-", "_spf.example.org", "a..org", "%{i/}"}) {
    EXPECT_FALSE(check_domain_spec(good)) << good;
  }
  for (const char* bad : {"", ".", "org", "org.", "a.b..", "a.-com", "a.com-", "a.123", "a.b_c",
                          "a.b:80", "%{d}com", "%{d}.", "a.%%com", "a.org/", "-all"}) {
    EXPECT_TRUE(check_domain_spec(bad)) << bad;
  }
}

TEST(Macro, LongNamesLoseLabelsOnTheLeft) {
  MacroValues v = values();
  std::string labels;
  for (int i = 0; i < 126; ++i) labels += "a.";
  v.domain = labels + "b";  // 253 octets
  EXPECT_EQ(expand_domain("%{d}", v), v.domain);
  EXPECT_EQ(expand_domain("%{d}.c", v), v.domain.substr(2) + ".c");
  EXPECT_EQ(expand_domain("xx.%{d}", v), v.domain);
  EXPECT_EQ(expand_domain("xxxxxx.%{d}.c.", v), v.domain.substr(2) + ".c");
  std::string many;
  for (int i = 0; i < 4000; ++i) many += "%{d}";
  EXPECT_EQ(expand_domain(many + ".c", v).size(), 253U);
  v.domain = std::string(300, 'a');
  EXPECT_EQ(expand_domain("%{d}", v), "");
  EXPECT_EQ(expand_domain("%{d}.example.org", v), "example.org");
  EXPECT_EQ(expand_explanation(many, v, 500).size(), 500U);
}

TEST(Macro, KnowsItsLetters) {
  EXPECT_TRUE(uses_macro("a.%{S2r}.b", "sl"));
  EXPECT_TRUE(uses_macro("%{l}", "sl"));
  EXPECT_FALSE(uses_macro("sl.%{d}.%%{l}", "sl"));
  EXPECT_FALSE(uses_macro("", "sl"));
}

}  // namespace
}  // namespace hikyaku::spf
