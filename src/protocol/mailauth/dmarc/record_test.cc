// SPDX-License-Identifier: Apache-2.0
// Goal: a DMARC record is read as RFC 9989 §4.7 and §4.8 say, with the examples of both RFCs.
#include "protocol/mailauth/dmarc/record.h"

#include <gtest/gtest.h>

namespace hikyaku::dmarc {
namespace {

TEST(Record, BeginsWithItsVersion) {
  for (const char* good : {"v=DMARC1", "v=DMARC1;", "V = DMARC1 ; p=none", " v=DMARC1;p=none"}) {
    EXPECT_TRUE(parse_record(good)) << good;
  }
  for (const char* bad : {"", ";", "v=dmarc1", "v=DMARC2; p=none", "v=DMARC1 p=none", "DMARC1",
                          "p=none; v=DMARC1", "v=spf1 -all", "v=DMARC10", ";v=DMARC1"}) {
    EXPECT_FALSE(parse_record(bad)) << bad;
  }
}

TEST(Record, ExamplesOfAppendixB2) {
  // RFC 9989 B.2.1 to B.2.5; RFC 7489 B.2.4.
  EXPECT_EQ(parse_record("v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com"),
            (Record{.policy = Policy::kNone, .rua = {{"mailto:dmarc-feedback@example.com"}}}));
  EXPECT_EQ(parse_record("v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com; "
                         "ruf=mailto:auth-reports@thirdparty.example.net"),
            (Record{.policy = Policy::kNone,
                    .rua = {{"mailto:dmarc-feedback@example.com"}},
                    .ruf = {{"mailto:auth-reports@thirdparty.example.net"}}}));
  EXPECT_EQ(parse_record("v=DMARC1; p=quarantine; rua=mailto:dmarc-feedback@example.com,"
                         "mailto:tld-test@thirdparty.example.net; t=y"),
            (Record{.policy = Policy::kQuarantine,
                    .testing = true,
                    .rua = {{"mailto:dmarc-feedback@example.com"},
                            {"mailto:tld-test@thirdparty.example.net"}}}));
  EXPECT_EQ(parse_record("v=DMARC1; p=quarantine; rua=mailto:dmarc-feedback@example.com,"
                         "mailto:tld-test@thirdparty.example.net!10m; pct=25"),
            (Record{.policy = Policy::kQuarantine,
                    .percent = 25,
                    .rua = {{"mailto:dmarc-feedback@example.com"},
                            {"mailto:tld-test@thirdparty.example.net", 10U << 20U}}}));
}

TEST(Record, HasAllTags) {
  EXPECT_EQ(parse_record("v=DMARC1;P=Reject;sp = none ; np=QUARANTINE;adkim=s;aspf=S;psd=y;t=n;"
                         "fo=1:d:s;ri=3600;rf=afrf;unknown=x=y;"),
            (Record{.policy = Policy::kReject,
                    .subdomain_policy = Policy::kNone,
                    .nonexistent_policy = Policy::kQuarantine,
                    .dkim = Mode::kStrict,
                    .spf = Mode::kStrict,
                    .psd = Psd::kYes,
                    .report_any = true,
                    .report_dkim = true,
                    .report_spf = true,
                    .interval_s = 3600}));
}

TEST(Record, LeavesOutWhatIsWrongAndSaysSo) {
  const auto record = parse_record(
      "v=DMARC1; p=rejcet; adkim=x; pct=101; no tag; t=maybe; rua=mailto:a@b.example,nothing; "
      "p=none; 1=2; fo=7; psd=; aspf=s");
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->policy_is_broken);
  EXPECT_FALSE(record->policy);
  EXPECT_EQ(record->dkim, Mode::kRelaxed);
  EXPECT_EQ(record->spf, Mode::kStrict);
  EXPECT_EQ(record->percent, 100U);
  EXPECT_FALSE(record->testing);
  EXPECT_EQ(record->rua, (std::vector<ReportUri>{{"mailto:a@b.example"}}));
  ASSERT_EQ(record->faults.size(), 10U);
  EXPECT_EQ(record->faults[0], "octet 11: the value of p is none that there is; it is left out");
  EXPECT_EQ(record->faults[6], "octet 88: p is there twice; the first one counts");
}

TEST(Record, ReadsUris) {
  for (const char* bad :
       {"mailto:", "mailto:nobody", ":a@b", "a b:c@d", "mailto:a@b!", "1a:b@c", "mailto:a@b!10x",
        "mailto:a@b!99999999999999999999", "mailto:a@b!1m!2m", "mailto:a@b!20000000t"}) {
    const auto record = parse_record(std::string("v=DMARC1;rua=") + bad);
    EXPECT_TRUE(record->rua.empty()) << bad;
    EXPECT_EQ(record->faults.size(), 1U) << bad;
  }
  std::string many = "v=DMARC1;rua=mailto:a@b";
  for (int i = 0; i < 1000; ++i) many += ",mailto:a@b";
  EXPECT_EQ(parse_record(many)->rua.size(), kUrisMax);
}

TEST(Record, CanBeCutAtEveryOctet) {
  const std::string whole =
      "v=DMARC1; p=reject; sp=none; np=quarantine; adkim=s; fo=0:d; psd=n; pct=50; "
      "rua=mailto:a@b.example!10m,https://b.example/x";
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    const std::string cut = whole.substr(0, n);
    EXPECT_EQ(parse_record(cut).has_value(), n >= 8) << cut;
  }
  EXPECT_TRUE(parse_record("v=DMARC1;" + std::string(65'000, ';')));
  std::string faulty = "v=DMARC1";
  for (int i = 0; i < 2000; ++i) faulty += ";x";
  EXPECT_EQ(parse_record(faulty)->faults.size(), kFaultsMax);
}

}  // namespace
}  // namespace hikyaku::dmarc
