// SPDX-License-Identifier: Apache-2.0
// Goal: a reply is explained by its most telling part, and what is no refusal is not explained.
#include "explain/explain.h"

#include <gtest/gtest.h>

#include <string>

#include "explain/catalogue.h"

namespace hikyaku::explain {
namespace {

struct Case {
  std::string_view reply;
  std::string_view key;  ///< empty: not explained
};

TEST(Explain, TheMostTellingPartDecides) {
  const std::vector<Case> cases = {
      // Ours.
      {"550 5.1.1 <x@y.example>: no such mailbox here [HK-RCPT-UNKNOWN]", "HK-RCPT-UNKNOWN"},
      {"550 5.7.1 blocked using something [HK-POLICY]", "HK-POLICY"},
      {"550 5.7.1 no such id [HK-NO-SUCH-ID]", "x.7.1"},
      // Providers: words before codes, in one line or several.
      {"421-4.7.0 Our system has detected that this message is\r\n421-4.7.0 likely unsolicited "
       "mail.\r\n421 4.7.0 gsmtp",
       "google-unsolicited"},
      {"550-5.7.25 The IP address sending this message does not have a PTR record setup",
       "google-ptr"},
      {"550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
       "spamhaus"},
      {"550 5.7.1 https://www.spamhaus.org/query/pbl?ip=192.0.2.1", "spamhaus-pbl"},
      {"450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted", "greylisting"},
      {"454 4.7.1 <a@b.example>: Relay access denied", "relay-denied"},
      {"550 Unknown user: someone@docomo.ne.jp", "docomo-refused"},
      {"550 5.1.1 User unknown in virtual mailbox table", "user-unknown"},
      // Enhanced codes, then codes, then classes.
      {"550 5.1.1 gone", "x.1.1"},
      {"450 4.1.1 later", "x.1.1"},
      {"550 #5.1.2 no", "x.1.2"},
      {"550 (5.7.26) no", "x.7.26"},
      {"550-5.4.6 loop\r\n550 5.4.6 loop", "x.4.6"},
      {"550 5.9.99 new", "550"},
      {"550 no", "550"},
      {"550", "550"},
      {"599 no", "5xx"},
      {"499 no", "4xx"},
      {"5.1.1 gone", "x.1.1"},
      {"550 host 5.1.1.1 says no", "550"},
      // No refusals.
      {"250 2.0.0 user unknown is a nice song", ""},
      {"354 go ahead", ""},
      {"hello", ""},
      {"user unknown", ""},
      {"5500 no", ""},
      {"", ""},
  };
  for (const Case& c : cases) {
    const auto found = explain(c.reply, Language::kEnglish);
    EXPECT_EQ(found ? found->key : "", c.key) << c.reply;
  }
}

TEST(Explain, BothLanguagesAndTheActor) {
  const auto english = explain("452 4.3.1 storage is full [HK-DISK-FULL]", Language::kEnglish);
  const auto japanese = explain("452 4.3.1 storage is full [HK-DISK-FULL]", Language::kJapanese);
  ASSERT_TRUE(english && japanese);
  EXPECT_EQ(english->actor, Actor::kReceivingServer);
  EXPECT_NE(english->remedy.find("Make room"), std::string_view::npos);
  EXPECT_NE(japanese->meaning.find("満杯"), std::string_view::npos);
  EXPECT_EQ(name_of(Actor::kSender, Language::kJapanese), "差出人");
  EXPECT_EQ(name_of(Actor::kNobody, Language::kEnglish), "nobody");
}

TEST(Explain, LookUp) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"HK-LOOP", "HK-LOOP"},
      {"[hk-loop]", "HK-LOOP"},
      {"550", "550"},
      {"571", "5xx"},
      {"5.1.1", "x.1.1"},
      {"4.2.2", "x.2.2"},
      {"Spamhaus", "spamhaus"},
      {"x.7.25", "x.7.25"},
      {"250", ""},
      {"", ""},
      {"nonsense", ""},
      {"550 ", ""},
  };
  for (const auto& [key, entry] : cases) {
    const auto found = look_up(key, Language::kEnglish);
    EXPECT_EQ(found ? found->key : "", entry) << key;
  }
}

TEST(Explain, EveryOctetAndLengthIsHarmless) {
  const std::string whole = "550-5.7.26 This mail\r\n550 5.7.26 blocked [HK-DMARC]";
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    (void)explain(whole.substr(0, n), Language::kEnglish);
    (void)look_up(whole.substr(0, n), Language::kJapanese);
  }
  EXPECT_EQ(explain(std::string(1U << 20, '5'), Language::kEnglish), std::nullopt);
  EXPECT_TRUE(explain("550 " + std::string(1U << 20, 'x'), Language::kEnglish).has_value());
}

}  // namespace
}  // namespace hikyaku::explain
