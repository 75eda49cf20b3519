// SPDX-License-Identifier: Apache-2.0
// Goal: the examples of RFC 8601 Appendix B are read; what is read is written as the same; forged
// fields are found however they are written.
#include "protocol/mailauth/results/results.h"

#include <gtest/gtest.h>

#include "protocol/mailauth/results/forged.h"

namespace hikyaku::results {
namespace {

std::string one_line(std::string text) {
  for (auto at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n"))
    text.erase(at, 2);
  return text;
}

// RFC 8601 Appendix B.2
TEST(Results, WithoutResults) {
  EXPECT_EQ(parse(" example.org 1; none"), (Results{.authserv_id = "example.org"}));
  EXPECT_EQ(parse("example.org;none"), (Results{.authserv_id = "example.org"}));
  EXPECT_EQ(print({.authserv_id = "example.org"}), "example.org; none");
}

// B.3 to B.5
TEST(Results, ServicesAndReasons) {
  const auto read = parse(" example.com;\r\n          spf=pass smtp.mailfrom=example.net\r\n");
  ASSERT_TRUE(read.has_value()) << read.error().text;
  EXPECT_EQ(
      read->methods,
      (std::vector<MethodResult>{{"spf", "pass", "", "", {{"smtp", "mailfrom", "example.net"}}}}));
  const auto many = parse(
      " example.com;\r\n          auth=pass (cleartext) smtp.auth=sender@example.net;\r\n"
      "          spf=pass smtp.mailfrom=example.net");
  ASSERT_TRUE(many.has_value()) << many.error().text;
  EXPECT_EQ(many->methods.at(0).comment, "cleartext");
  EXPECT_EQ(many->methods.at(0).properties.at(0).value, "sender@example.net");
  const auto dkim = parse(
      "example.com; dkim=pass reason=\"good signature\" header.i=@mail-router.example.net;\r\n"
      "  dkim=fail reason=\"bad signature\" header.i=@newyork.example.com");
  ASSERT_TRUE(dkim.has_value()) << dkim.error().text;
  EXPECT_EQ(dkim->methods.at(1).reason, "bad signature");
  EXPECT_EQ(dkim->methods.at(1).properties.at(0).value, "@newyork.example.com");
}

// B.7
TEST(Results, CommentsAnywhere) {
  const auto read = parse(
      "foo.example.net (foobar) 1 (baz);\r\n    dkim (Because I like it) / 1 (One yay) = (wait for "
      "it)"
      " fail\r\n      policy (A dot can go here) . (like that) expired\r\n"
      "    (this surprised me) = (as I wasn't expecting it) 1362471462");
  ASSERT_TRUE(read.has_value()) << read.error().text;
  EXPECT_EQ(read->authserv_id, "foo.example.net");
  EXPECT_EQ(
      read->methods,
      (std::vector<MethodResult>{{"dkim", "fail", "", "", {{"policy", "expired", "1362471462"}}}}));
}

TEST(Results, WhatIsWrittenIsReadAsTheSame) {
  const Results all{
      .authserv_id = "mx.example.org",
      .methods = {{"spf", "softfail", "why (not)", "", {{"smtp", "mailfrom", "a b@example.org"}}},
                  {"dkim",
                   "pass",
                   "2048-bit \\ key",
                   "say \"x\"",
                   {{"header", "d", "example.org"},
                    {"header", "i", "@example.org"},
                    {"header", "b", "a/b+c="}}},
                  {"dmarc", "fail", "", "", {{"header", "from", ""}}},
                  {"iprev", "pass", "", "", {{"policy", "iprev", "2001:db8::1"}}},
                  {"arc", "none", "", "", {}}}};
  const auto text = print(all);
  EXPECT_EQ(parse(text), all) << text;
  EXPECT_EQ(parse(one_line(text)), all);
  EXPECT_TRUE(text.contains("policy.iprev=\"2001:db8::1\"")) << text;
  EXPECT_TRUE(text.contains("header.d=example.org")) << text;
}

TEST(Results, NothingCanBreakOutOfTheField) {
  const auto text = print({.authserv_id = "mx\r\nFrom: x",
                           .methods = {{"spf",
                                        "pass",
                                        "c\r\n)",
                                        "r\n\"; dkim=pass",
                                        {{"smtp", "mailfrom", "a; dkim=pass\r\n\r\nbody"}}}}});
  const auto read = parse(text);
  ASSERT_TRUE(read.has_value()) << text;
  EXPECT_EQ(read->methods.size(), 1U);
  EXPECT_EQ(one_line(text).find_first_of("\r\n"), std::string::npos) << text;
  EXPECT_EQ(read->methods[0].properties[0].value, "a; dkim=pass????body");
}

TEST(Results, AreReadStrictly) {
  for (const auto* bad : {"",
                          "mx",
                          "; spf=pass",
                          "mx; ",
                          "mx; spf",
                          "mx; spf=",
                          "mx; =pass",
                          "mx 2; none",
                          "mx; none; spf=pass",
                          "mx; spf=pass; none",
                          "mx; spf=pass smtp",
                          "mx; spf=pass smtp.a",
                          "mx; spf=pass smtp=a",
                          "mx; spf=pass (open",
                          "\"mx; none",
                          "mx; spf/2=pass",
                          "mx; spf=pass a.b=c reason=d",
                          "mx my; none",
                          "mx; spf=pass reason=a reason=b",
                          "mx;; spf=pass",
                          "mx; spf=pass \"x\"",
                          "mx, spf=pass"})
    EXPECT_FALSE(parse(bad).has_value()) << bad;
  EXPECT_TRUE(parse("mx; spf=pass;").has_value());
  EXPECT_TRUE(parse("mx; SPF=Pass")->methods[0] == (MethodResult{"spf", "pass", "", "", {}}));
}

TEST(Results, CutAtEveryOctet) {
  const std::string text = "mx (c) 1; dkim=pass (k) reason=\"r\" header.i=\"a b\"@x; spf=none";
  ASSERT_TRUE(parse(text).has_value());
  for (std::size_t n = 0; n < text.size(); ++n) {
    const auto read = parse(text.substr(0, n));
    if (read) EXPECT_LE(read->methods.size(), 2U);
  }
}

TEST(Results, AreBounded) {
  std::string text = "mx";
  for (std::size_t i = 0; i < kMethodsMax; ++i) text += ";a=b";
  EXPECT_TRUE(parse(text).has_value());
  EXPECT_FALSE(parse(text + ";a=b").has_value());
  text = "mx;a=b";
  for (std::size_t i = 0; i <= kPropertiesMax; ++i) text += " c.d=e";
  EXPECT_FALSE(parse(text).has_value());
  EXPECT_FALSE(parse("mx;a=b c.d=" + std::string(kFieldOctetsMax, 'x')).has_value());
  EXPECT_FALSE(parse(std::string(100, '(') + "mx; none").has_value());
}

const std::vector<std::string> kOwn = {"mx.example.org",
                                       "b\xC3\xBC"
                                       "cher.example"};

TEST(Forged, IsFoundHoweverItIsWritten) {
  for (const auto* forged :
       {"mx.example.org; spf=pass", " MX.Example.ORG 1; none", "(c) mx.example.org(d);x",
        "\"mx.example.org\"; spf=pass", "\"mx.ex\\ample.org\"", "mx.example.org.; x",
        "\r\n mx.example.org", "xn--bcher-kva.example; x",
        "b\xC3\xBC"
        "cher.example;",
        "", "; spf=pass", "(mx.example.org; spf=pass", "\"mx.example.org; x",
        "mx.example.org@x; none", "=; none", "mx.example.net/mx.example.org;"})
    EXPECT_TRUE(is_forged(forged, kOwn)) << forged;
  for (const auto* other : {"mx.example.net; spf=pass", "example.org; none",
                            "a.mx.example.org; none", "(mx.example.org) other; none", "other 1; x"})
    EXPECT_FALSE(is_forged(other, kOwn)) << other;
}

TEST(Forged, GoesAndAllElseStays) {
  const std::string header =
      "Received: x\r\nAuthentication-Results: mx.example.org;\r\n spf=pass\r\n"
      "authentication-results : MX.example.org; dkim=pass\r\n"
      "Authentication-Results: mx.example.net; none\r\nFrom: a\r\nnot a field\r\n\r\n"
      "Authentication-Results: mx.example.org; this is the body\r\n";
  EXPECT_EQ(without_forged(header, kOwn),
            "Received: x\r\nAuthentication-Results: mx.example.net; none\r\nFrom: a\r\nnot a "
            "field\r\n\r\n"
            "Authentication-Results: mx.example.org; this is the body\r\n");
  EXPECT_EQ(without_forged("", kOwn), "");
}

}  // namespace
}  // namespace hikyaku::results
