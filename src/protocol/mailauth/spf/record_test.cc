// SPDX-License-Identifier: Apache-2.0
// Goal: a record is read by its ABNF (RFC 7208 §12), and what breaks it is found with its position.
#include "protocol/mailauth/spf/record.h"

#include <gtest/gtest.h>

namespace hikyaku::spf {
namespace {

TEST(Record, HasAVersion) {
  for (const char* good : {"v=spf1", "V=SPF1 ", "v=SpF1 -all", "v=spf1  mx"}) {
    EXPECT_TRUE(is_spf_record(good)) << good;
  }
  for (const char* bad : {"", "v=spf", "v=spf10", "v=spf1mx", " v=spf1", "v=spf1\t-all", "v =spf1",
                          "spf2.0/mfrom -all"}) {
    EXPECT_FALSE(is_spf_record(bad)) << bad;
  }
}

TEST(Record, IsReadWhole) {
  const auto record = parse_record(
      "v=spf1 +mx  a:colo.example.com/28 -A/24//64 ~mx:%{d2}//48 ?ptr:example.org "
      "ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.example.net exists:%{ir}.sbl.example.org "
      "moo.cow-far_out=man:dog/cat exp=explain._spf.%{d} redirect=_spf.example.com ");
  ASSERT_TRUE(record) << record.error().position << record.error().what;
  ASSERT_EQ(record->directives.size(), 9U);
  const Directive& mx = record->directives[0];
  EXPECT_EQ(mx.text, "+mx");
  EXPECT_EQ(mx.mechanism, Mechanism::kMx);
  EXPECT_EQ(mx.domain_spec, "");
  const Directive& colo = record->directives[1];
  EXPECT_EQ(colo.mechanism, Mechanism::kA);
  EXPECT_EQ(colo.qualifier, Verdict::kPass);
  EXPECT_EQ(colo.domain_spec, "colo.example.com");
  EXPECT_EQ(colo.bits_v4, 28U);
  EXPECT_EQ(colo.bits_v6, 128U);
  const Directive& dual = record->directives[2];
  EXPECT_EQ(dual.qualifier, Verdict::kFail);
  EXPECT_EQ(dual.bits_v4, 24U);
  EXPECT_EQ(dual.bits_v6, 64U);
  const Directive& six = record->directives[3];
  EXPECT_EQ(six.qualifier, Verdict::kSoftfail);
  EXPECT_EQ(six.domain_spec, "%{d2}");
  EXPECT_EQ(six.bits_v4, 32U);
  EXPECT_EQ(six.bits_v6, 48U);
  EXPECT_EQ(record->directives[4].qualifier, Verdict::kNeutral);
  EXPECT_EQ(record->directives[4].mechanism, Mechanism::kPtr);
  EXPECT_EQ(record->directives[5].network, *Ip::parse_v4("192.0.2.0"));
  EXPECT_EQ(record->directives[5].bits_v4, 24U);
  EXPECT_EQ(record->directives[6].network, *Ip::parse_v6("2001:db8::"));
  EXPECT_EQ(record->directives[6].bits_v6, 32U);
  EXPECT_EQ(record->directives[7].mechanism, Mechanism::kInclude);
  EXPECT_EQ(record->directives[8].mechanism, Mechanism::kExists);
  EXPECT_EQ(record->explanation, "explain._spf.%{d}");
  EXPECT_EQ(record->redirect, "_spf.example.com");
}

TEST(Record, AllVoidsRedirect) {
  EXPECT_EQ(parse_record("v=spf1 redirect=a.example ?all")->redirect, "");
  EXPECT_EQ(parse_record("v=spf1 ?all redirect=a.example")->redirect, "");
}

TEST(Record, FaultsHaveAPosition) {
  struct Case {
    std::string_view text;
    std::size_t position;
  };
  const Case cases[] = {
      {"v=spf1 moo", 7},
      {"v=spf1 -all moo", 12},
      {"v=spf1 -all:foobar", 11},
      {"v=spf1 all/8", 10},
      {"v=spf1 -all.", 8},
      {"v=spf1 --all", 8},
      {"v=spf1 -", 8},
      {"v=spf1 a:", 9},
      {"v=spf1 a/33", 9},
      {"v=spf1 a//129", 10},
      {"v=spf1 a/24/64", 12},
      {"v=spf1 a/08", 9},
      {"v=spf1 a/", 8},
      {"v=spf1 a//", 8},
      {"v=spf1 a/99999999999999999999", 9},
      {"v=spf1 a:museum", 9},
      {"v=spf1 a:example.com:8080", 17},
      {"v=spf1 a:111.222.33.44", 20},
      {"v=spf1 ptr/0", 10},
      {"v=spf1 include", 14},
      {"v=spf1 include:a.example/24", 17},
      {"v=spf1 exists", 13},
      {"v=spf1 ip4", 10},
      {"v=spf1 ip4:", 11},
      {"v=spf1 ip4:1.2.3", 11},
      {"v=spf1 ip4:1.2.3.4:8080", 11},
      {"v=spf1 ip4:1.2.3.4//32", 11},
      {"v=spf1 ip4:1.2.3.4/33", 19},
      {"v=spf1 ip4:1.2.3.4/032", 19},
      {"v=spf1 ip6::CAFE::BABE", 11},
      {"v=spf1 ip6:::1/129", 15},
      {"v=spf1 exp=", 11},
      {"v=spf1 exp=-all", 11},
      {"v=spf1 redirect:a.example", 7},
      {"v=spf1 redirect=a.example redirect=b.example", 35},
      {"v=spf1 exp=a.example EXP=a.example", 25},
      {"v=spf1 -exp=a.example", 8},
      {"v=spf1 1up=foo", 7},
      {"v=spf1 =all", 7},
      {"v=spf1 foo=%abc", 12},
      {"v=spf1 a\t-all", 7},
      {"v=spf1 a:ctrl.example.com\rptr -all", 25},
      {"v=spf1 \x80"
       "a:example.net -all",
       7},
      {"v=spf1 a:\xEF\xBB\xBFgarbage.example.net", 9},
      {"v=spf1 ip4:192.0.2.5\n", 11},
      {std::string_view("v=spf1 a:foo.example.com\0", 25), 24},
  };
  for (const Case& c : cases) {
    const auto record = parse_record(c.text);
    ASSERT_FALSE(record) << c.text;
    EXPECT_EQ(record.error().position, c.position) << c.text << ": " << record.error().what;
  }
}

TEST(Record, CanBeCutAtEveryOctet) {
  const std::string_view whole =
      "v=spf1 +mx a:colo.example.com/28//64 ip4:192.0.2.0/24 ip6:2001:db8::/32 "
      "exists:%{l1r+-}._spf.%{d} x=%{s} exp=explain._spf.%{d} redirect=_spf.example.com";
  ASSERT_TRUE(parse_record(whole));
  std::size_t good = 0;
  for (std::size_t n = 6; n <= whole.size(); ++n) {
    // A copy on the heap, so that a read past its end is seen.
    const std::string cut(whole.substr(0, n));
    const auto record = parse_record(cut);
    good += record.has_value();
    if (!record) {
      EXPECT_LE(record.error().position, n) << cut;
    }
  }
  EXPECT_GT(good, 20U);
  EXPECT_LT(good, whole.size() - 40);
}

TEST(Record, HasALimit) {
  std::string text = "v=spf1";
  while (text.size() + 2 <= kRecordOctetsMax) text += " a";
  ASSERT_TRUE(parse_record(text));
  text.resize(kRecordOctetsMax, ' ');
  EXPECT_TRUE(parse_record(text));
  EXPECT_FALSE(parse_record(text + " "));
  EXPECT_FALSE(parse_record(text + std::string(65'535 - kRecordOctetsMax, 'a')));
}

}  // namespace
}  // namespace hikyaku::spf
