// SPDX-License-Identifier: Apache-2.0
// Goal: every name has one form, and what can't be asked for is known before it is asked.
#include "protocol/mailauth/lookup/name.h"

#include <gtest/gtest.h>

namespace hikyaku::lookup {
namespace {

TEST(Name, HasALabels) {
  struct Case {
    const char* given;
    std::optional<std::string> wanted;
  };
  const Case cases[] = {
      {"Mail.Example.ORG", "mail.example.org"},
      {"example.org.", "example.org"},
      {"b\xC3\xBC"
       "cher.example",
       "xn--bcher-kva.example"},
      {"B\xC3\x9C"
       "CHER.EXAMPLE",
       "xn--bcher-kva.example"},
      // RFC 8616 is about names like this one.
      {"\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E\xE3\x80\x82jp", "xn--wgv71a119e.jp"},
      {"xn--bcher-kva.example", "xn--bcher-kva.example"},
      {"_dmarc.example.org", "_dmarc.example.org"},
      {"", std::nullopt},
      {".", std::nullopt},
      {"a..b", std::nullopt},
      {".a", std::nullopt},
      {"\xff.example", std::nullopt},
      {"\xC3\xBC..example", std::nullopt},
      {"a\xE2\x80\x8D"
       "b.example",
       std::nullopt},  // a joiner where IDNA 2008 allows none
  };
  for (const Case& c : cases) EXPECT_EQ(a_labels(c.given), c.wanted) << c.given;
  EXPECT_EQ(a_labels(std::string(1025, '\xC3')), std::nullopt);
}

TEST(Name, KeepsTheLimitsOfDns) {
  EXPECT_TRUE(has_valid_labels(std::string(63, 'a') + ".b"));
  EXPECT_FALSE(has_valid_labels(std::string(64, 'a') + ".b"));
  std::string longest;
  for (int i = 0; i < 126; ++i) longest += "a.";
  longest += "a";
  EXPECT_EQ(longest.size(), 253U);
  EXPECT_TRUE(has_valid_labels(longest));
  EXPECT_FALSE(has_valid_labels(longest + "b"));
  EXPECT_FALSE(has_valid_labels("a."));
}

TEST(Name, OfMailHasTwoLabels) {
  EXPECT_TRUE(is_mail_domain("example.org"));
  EXPECT_TRUE(is_mail_domain("_spf.Example-1.org"));
  EXPECT_FALSE(is_mail_domain("localhost"));
  EXPECT_FALSE(is_mail_domain("[192.0.2.1]"));
  EXPECT_FALSE(is_mail_domain("a b.example"));
  EXPECT_FALSE(is_mail_domain(std::string_view("a\0b.example", 11)));
}

TEST(Name, CanBeCutIntoLabels) {
  EXPECT_EQ(label_count(""), 0U);
  EXPECT_EQ(label_count("org"), 1U);
  EXPECT_EQ(label_count("a.b.org"), 3U);
  EXPECT_EQ(last_labels("a.b.org", 0), "");
  EXPECT_EQ(last_labels("a.b.org", 1), "org");
  EXPECT_EQ(last_labels("a.b.org", 2), "b.org");
  EXPECT_EQ(last_labels("a.b.org", 3), "a.b.org");
  EXPECT_EQ(last_labels("a.b.org", 9), "a.b.org");
  EXPECT_EQ(last_labels(".org", 2), ".org");
}

TEST(Name, IsWithinItsParents) {
  EXPECT_TRUE(is_within("mail.Example.com", "example.COM"));
  EXPECT_TRUE(is_within("example.com", "example.com"));
  EXPECT_FALSE(is_within("mail.bad-example.com", "example.com"));  // RFC 7208 §5.5
  EXPECT_FALSE(is_within("com", "example.com"));
  EXPECT_FALSE(is_within("example.com", ""));
}

}  // namespace
}  // namespace hikyaku::lookup
