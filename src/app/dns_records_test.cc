// SPDX-License-Identifier: Apache-2.0
// Goal: the records that quickstart prints are the ones that the standards ask for, in a form that
// name servers read.
#include "app/dns_records.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace hikyaku::app {
namespace {

DnsFacts example() {
  DnsFacts facts;
  facts.domain = "example.org";
  facts.host = "mail.example.org";
  facts.addresses = {*net::IpAddress::parse("192.0.2.1"), *net::IpAddress::parse("2001:db8::1")};
  facts.dkim_selector = "hikyaku";
  facts.dkim_public_base64 = std::string(392, 'A');
  facts.submissions = 465;
  facts.imaps = 993;
  facts.pop3s = 995;
  return facts;
}

std::vector<std::string> lines_of(const DnsFacts& facts) {
  std::vector<std::string> out;
  for (const auto& record : dns_records(facts, Language::kEnglish)) {
    EXPECT_FALSE(record.why.empty()) << record.name;
    out.push_back(zone_line(record));
  }
  return out;
}

TEST(DnsRecords, EveryRecordOfADomain) {
  const std::string dkim = "v=DKIM1; k=rsa; p=" + std::string(392, 'A');
  EXPECT_EQ(
      lines_of(example()),
      (std::vector<std::string>{
          "example.org. IN MX 10 mail.example.org.",
          "mail.example.org. IN A 192.0.2.1",
          "mail.example.org. IN AAAA 2001:db8::1",
          "1.2.0.192.in-addr.arpa. IN PTR mail.example.org.",
          "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. IN PTR "
          "mail.example.org.",
          "example.org. IN TXT \"v=spf1 mx -all\"",
          "mail.example.org. IN TXT \"v=spf1 a -all\"",
          "_dmarc.example.org. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@example.org\"",
          "hikyaku._domainkey.example.org. IN TXT \"" + dkim.substr(0, 255) + "\" \"" +
              dkim.substr(255) + "\"",
          "_submissions._tcp.example.org. IN SRV 0 1 465 mail.example.org.",
          "_imaps._tcp.example.org. IN SRV 0 1 993 mail.example.org.",
          "_pop3s._tcp.example.org. IN SRV 10 1 995 mail.example.org.",
      }));
}

TEST(DnsRecords, WhatIsNotKnownIsToBeFilledInAndWhatIsNotServedIsLeftOut) {
  auto facts = example();
  facts.addresses.clear();
  facts.dkim_public_base64.clear();
  facts.submissions = facts.imaps = facts.pop3s = 0;
  EXPECT_EQ(
      lines_of(facts),
      (std::vector<std::string>{
          "example.org. IN MX 10 mail.example.org.",
          "; mail.example.org. IN A PUBLIC-IPV4-ADDRESS",
          "; mail.example.org. IN AAAA PUBLIC-IPV6-ADDRESS",
          "; REVERSE-NAME-OF-THE-ADDRESS. IN PTR mail.example.org.",
          "example.org. IN TXT \"v=spf1 mx -all\"",
          "mail.example.org. IN TXT \"v=spf1 a -all\"",
          "_dmarc.example.org. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@example.org\"",
      }));
}

// Two SPF records at one name are an error for every receiver (RFC 7208 §3.2).
TEST(DnsRecords, AHostThatIsTheDomainHasOneSpfRecord) {
  auto facts = example();
  facts.host = facts.domain;
  int spf = 0;
  for (const auto& line : lines_of(facts)) spf += line.find("v=spf1") != std::string::npos ? 1 : 0;
  EXPECT_EQ(spf, 1);
}

TEST(DnsRecords, TextIsQuotedAndCutAt255Octets) {
  const struct {
    std::size_t octets;
    std::size_t pieces;
  } table[] = {{0, 1}, {1, 1}, {255, 1}, {256, 2}, {510, 2}, {511, 3}};
  for (const auto& [octets, pieces] : table) {
    const auto line = zone_line({"x.example", "TXT", std::string(octets, 'a'), "", {}});
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(line, '"')), 2 * pieces) << octets;
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(line, 'a')), octets + 1) << octets;
  }
  EXPECT_EQ(zone_line({"x.example", "TXT", "a\"b\\c", "", {}}),
            "x.example. IN TXT \"a\\\"b\\\\c\"");
}

}  // namespace
}  // namespace hikyaku::app
