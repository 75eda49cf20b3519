// SPDX-License-Identifier: Apache-2.0
// Goal: the judgement is that of RFC 9989 (and of RFC 7489 by the public suffix list), its examples
// first, with few questions to DNS.
#include "protocol/mailauth/dmarc/evaluate.h"

#include <gtest/gtest.h>

#include "protocol/mailauth/lookup/name.h"
#include "protocol/mailauth/lookup/testing/zone.h"

namespace hikyaku::dmarc {
namespace {

using lookup::Type;
using lookup::Zone;
using Names = std::vector<std::string>;

Zone records(const std::vector<std::pair<std::string, std::string>>& all) {
  Zone zone;
  for (const auto& [domain, record] : all) zone.add("_dmarc." + domain, Type::kTxt, record);
  return zone;
}
Request message(std::string author, std::string spf, const std::string& dkim = "") {
  Request request;
  request.author_domains = {std::move(author)};
  request.spf = {std::move(spf), Check::kPass};
  if (!dkim.empty()) request.dkim = {{dkim, Check::kPass}};
  request.policy_alone = PolicyAlone::kRefuses;
  return request;
}
/// A message that is not authenticated at all.
Request forged(std::string author) {
  Request request = message(std::move(author), "");
  return request;
}
Verdict judge(const Zone& zone, const Request& request) {
  return lookup::run(zone, [&](lookup::Asker& asker) { return evaluate(request, asker); });
}
std::string result(const Zone& zone, const Request& request) {
  return std::string(name_of(judge(zone, request).result));
}

TEST(Walk, NamesOfSection4_10) {
  EXPECT_EQ(walk_names("a.b.c.d.e.f.g.h.i.j.mail.example.com"),
            (Names{"a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com",
                   "h.i.j.mail.example.com", "i.j.mail.example.com", "j.mail.example.com",
                   "mail.example.com", "example.com", "com"}));
  // §5.1.8
  EXPECT_EQ(walk_names("mail.a.b.c.d.e.f.g.example.com"),
            (Names{"mail.a.b.c.d.e.f.g.example.com", "c.d.e.f.g.example.com", "d.e.f.g.example.com",
                   "e.f.g.example.com", "f.g.example.com", "g.example.com", "example.com", "com"}));
  EXPECT_EQ(walk_names("example.com"), (Names{"example.com", "com"}));
  EXPECT_EQ(walk_names("a.b.c.d.e.f.g.com").size(), 8U);
  EXPECT_EQ(walk_names("com"), Names{"com"});
  EXPECT_TRUE(walk_names("").empty());
}

TEST(Walk, OrganizationalDomainsOfSection4_10_2) {
  const auto organization = [](const Zone& zone, const std::string& domain) {
    return lookup::run(zone, [&](lookup::Asker& asker) {
      return Discovery(asker).walk(domain).organizational_domain();
    });
  };
  const std::string start = "a.mail.example.com";
  const char* plain = "v=DMARC1; p=none";
  EXPECT_EQ(organization(records({{"mail.example.com", plain}, {"example.com", plain}}), start),
            "example.com");
  EXPECT_EQ(organization(records({{"mail.example.com", "v=DMARC1;psd=n"}, {"example.com", plain}}),
                         start),
            "mail.example.com");
  EXPECT_EQ(organization(records({{"com", "v=DMARC1;psd=y"}}), start), "example.com");
  EXPECT_EQ(organization(records({{"example.com", "v=DMARC1;psd=y"}}), start), "mail.example.com");
  EXPECT_EQ(organization(records({{start, "v=DMARC1;psd=y"}, {"example.com", plain}}), start),
            start);
  EXPECT_EQ(organization(Zone(), start), start);
  // Two records at one name are none.
  EXPECT_EQ(organization(records({{"example.com", plain},
                                  {"example.com", "v=DMARC1;p=reject"},
                                  {"mail.example.com", plain}}),
                         start),
            "mail.example.com");
}

TEST(Evaluate, AppendixB1) {
  const char* relaxed = "v=DMARC1; p=reject";
  const char* strict = "v=DMARC1; p=reject; aspf=s; adkim=s";
  struct Case {
    const char* author;
    const char* spf;
    const char* dkim;
    const char* relaxed;
    const char* strict;
  };
  const Case cases[] = {
      {"example.com", "example.com", "", "pass", "pass"},
      {"example.com", "child.example.com", "", "pass", "fail"},
      {"child.example.com", "example.net", "", "fail", "fail"},
      {"example.com", "", "example.com", "pass", "pass"},
      {"child.example.com", "", "example.com", "pass", "fail"},
      {"child.example.com", "", "example.net", "fail", "fail"},
      {"Example.COM.", "EXAMPLE.com", "", "pass", "pass"},
      {"example.com", "badexample.com", "", "fail", "fail"},
      {"news.example.com", "foo.example.com", "", "pass", "fail"},  // §4.4, table 1
      {"news.example.com", "news.example.com", "", "pass", "pass"},
  };
  for (const Method method : {Method::kTreeWalk, Method::kPublicSuffixList}) {
    for (const Case& c : cases) {
      Request request = message(c.author, c.spf, c.dkim);
      request.method = method;
      request.organizational_domain = [](std::string_view name) {
        return std::string(lookup::last_labels(name, 2));
      };
      EXPECT_EQ(result(records({{"example.com", relaxed}}), request), c.relaxed) << c.author;
      EXPECT_EQ(result(records({{"example.com", strict}}), request), c.strict) << c.author;
    }
  }
}

TEST(Evaluate, AppendixB3And4) {
  const char* reject = "v=DMARC1; p=reject; aspf=r; rua=mailto:dmarc-feedback@example.com";
  Verdict verdict = judge(records({{"example.com", reject}}),
                          message("example.com", "mail.example.com", "example.com"));
  EXPECT_TRUE(verdict.spf_aligned && verdict.dkim_aligned);
  EXPECT_EQ(verdict.result, Result::kPass);
  EXPECT_EQ(verdict.action, Action::kNone);
  EXPECT_EQ(verdict.reason,
            "SPF of mail.example.com, DKIM of example.com is aligned with "
            "example.com");
  // B.4.1
  const Zone simple = records({{"example.com", reject}, {"signing.example.com", reject}});
  verdict = judge(simple, message("example.com", "example.com", "signing.example.com"));
  EXPECT_TRUE(verdict.spf_aligned && verdict.dkim_aligned);
  // B.4.2
  verdict = judge(
      simple, message("a.b.c.d.e.f.g.h.i.j.k.example.com", "example.com", "signing.example.com"));
  EXPECT_TRUE(verdict.spf_aligned && verdict.dkim_aligned);
  EXPECT_EQ(verdict.policy_domain, "example.com");
  // B.4.3
  const Zone bank = records({{"bank.example", "v=DMARC1; p=reject; psd=y"},
                             {"giant.bank.example", "v=DMARC1; p=quarantine"}});
  verdict = judge(
      bank, message("giant.bank.example", "mail.giant.bank.example", "mail.mega.bank.example"));
  EXPECT_TRUE(verdict.spf_aligned);
  EXPECT_FALSE(verdict.dkim_aligned);
  EXPECT_EQ(verdict.policy_domain, "giant.bank.example");
  // The organization has no record: the public suffix's.
  verdict = judge(bank, forged("mail.mega.bank.example"));
  EXPECT_EQ(verdict.policy_domain, "bank.example");
  EXPECT_EQ(verdict.action, Action::kRefuse);
}

TEST(Evaluate, PoliciesOfSection4_7) {
  struct Case {
    const char* record;
    const char* author;
    Policy published;
    Policy requested;
  };
  using enum Policy;
  const Case cases[] = {
      {"v=DMARC1;p=reject", "example.com", kReject, kReject},
      {"v=DMARC1;p=reject", "www.example.com", kReject, kReject},
      {"v=DMARC1;p=reject;sp=none", "example.com", kReject, kReject},
      {"v=DMARC1;p=reject;sp=none", "www.example.com", kNone, kNone},
      {"v=DMARC1;p=none;sp=quarantine;np=reject", "www.example.com", kQuarantine, kQuarantine},
      {"v=DMARC1;p=none;sp=quarantine;np=reject", "no.example.com", kReject, kReject},
      {"v=DMARC1;p=none;np=reject", "www.example.com", kNone, kNone},
      {"v=DMARC1;p=none;np=reject", "no.example.com", kReject, kReject},
      {"v=DMARC1;p=none;sp=reject", "no.example.com", kReject, kReject},
      {"v=DMARC1;p=reject;t=y", "example.com", kReject, kQuarantine},
      {"v=DMARC1;p=quarantine;t=y", "example.com", kQuarantine, kNone},
      {"v=DMARC1;p=none;t=y", "example.com", kNone, kNone},
      {"v=DMARC1;p=reject;pct=0", "example.com", kReject, kQuarantine},
      {"v=DMARC1;p=reject;pct=50", "example.com", kReject, kQuarantine},
      {"v=DMARC1;p=reject;pct=51", "example.com", kReject, kReject},
      {"v=DMARC1;sp=reject;rua=mailto:a@b", "www.example.com", kNone, kNone},
      {"v=DMARC1;p=reject;sp=x;rua=mailto:a@b", "example.com", kNone, kNone},
  };
  for (const Case& c : cases) {
    Zone zone = records({{"example.com", c.record}}).add("www.example.com", Type::kMx, "1 a.b");
    Request request = forged(c.author);
    request.sample = 50;
    const Verdict verdict = judge(zone, request);
    EXPECT_EQ(verdict.result, Result::kFail) << c.record;
    EXPECT_EQ(verdict.published, c.published) << c.record << ' ' << c.author;
    EXPECT_EQ(verdict.requested, c.requested) << c.record << ' ' << c.author;
  }
  // §4.10.1: no policy, and no reports wanted: no DMARC.
  for (const char* record :
       {"v=DMARC1", "v=DMARC1;p=x", "v=DMARC1;p=reject;np=x", "v=DMARC1;p=x;rua=nothing"}) {
    EXPECT_EQ(result(records({{"example.com", record}}), forged("example.com")), "none") << record;
  }
}

TEST(Evaluate, WhatIsDoneIsOurs) {
  const Zone zone = records({{"example.com", "v=DMARC1; p=reject"}});
  Request request = forged("example.com");
  EXPECT_EQ(judge(zone, request).action, Action::kRefuse);
  request.policy_alone = PolicyAlone::kQuarantines;  // RFC 9989 §7.4
  EXPECT_EQ(judge(zone, request).action, Action::kQuarantine);
  EXPECT_EQ(judge(zone, request).requested, Policy::kReject);
  for (std::string Overrides::* known :
       {&Overrides::mailing_list, &Overrides::arc_sealer, &Overrides::forwarder}) {
    Request known_one = request;
    known_one.overrides.*known = "lists.example.net";
    const Verdict verdict = judge(zone, known_one);
    EXPECT_EQ(verdict.result, Result::kFail);
    EXPECT_EQ(verdict.action, Action::kNone);
    EXPECT_NE(verdict.reason.find("lists.example.net"), std::string::npos) << verdict.reason;
  }
}

TEST(Evaluate, FromFieldsThatAreNone) {
  const Zone zone =
      records({{"example.com", "v=DMARC1; p=reject"}, {"example.org", "v=DMARC1; p=quarantine"}});
  Request request = message("example.com", "example.com");
  for (const std::size_t fields : {0U, 2U}) {
    request.from_fields = fields;
    EXPECT_EQ(result(zone, request), "permerror");
  }
  request.from_fields = 1;
  for (const Names& bad : {Names{}, Names{""}, Names{"localhost"}, Names{"[192.0.2.1]"},
                           Names{"a..b"}, Names{"example.com", "\xff.example"}}) {
    request.author_domains = bad;
    EXPECT_EQ(result(zone, request), "permerror");
  }
  // Several domains: the strictest of those that fail, in any order.
  for (const Names& two :
       {Names{"example.com", "example.org"}, Names{"example.org", "example.com"}}) {
    Request of_two = forged("");
    of_two.author_domains = two;
    EXPECT_EQ(judge(zone, of_two).action, Action::kRefuse);
    of_two.spf = {"example.com", Check::kPass};
    EXPECT_EQ(judge(zone, of_two).action, Action::kQuarantine);
  }
  request.author_domains = {"example.com", "EXAMPLE.com"};
  EXPECT_EQ(result(zone, request), "pass");
  request.author_domains = {"example.com", "none.example"};
  EXPECT_EQ(result(zone, request), "none");
  request.author_domains.clear();
  for (int i = 0; i < 9; ++i) request.author_domains.push_back(fmt::format("d{}.example", i));
  EXPECT_EQ(result(zone, request), "permerror");
  // RFC 8616 §6
  const Zone idn = records({{"xn--bcher-kva.example", "v=DMARC1; p=reject"}});
  EXPECT_EQ(result(idn, message("b\xC3\xBC"
                                "cher.example",
                                "xn--bcher-kva.example")),
            "pass");
}

TEST(Evaluate, FailuresOfDnsAreTemperrors) {
  const Zone zone = records({{"example.com", "v=DMARC1; p=reject"}});
  Request request = message("www.example.com", "mail.example.com");
  EXPECT_EQ(result(zone, request), "pass");
  for (const char* name :
       {"_dmarc.www.example.com", "_dmarc.example.com", "_dmarc.com", "_dmarc.mail.example.com"}) {
    const Verdict verdict = judge(Zone(zone).fail(name, Type::kTxt), request);
    EXPECT_EQ(verdict.result, Result::kTemperror) << name;
    EXPECT_EQ(verdict.action, Action::kNone);
  }
  // What is decided without that answer stays decided.
  EXPECT_EQ(
      result(Zone(zone).fail("_dmarc.com", Type::kTxt), message("example.com", "example.com")),
      "pass");
  // An identifier that might yet pass, if it is aligned.
  request.spf.check = Check::kTemperror;
  EXPECT_EQ(result(zone, request), "temperror");
  request.spf.domain = "example.net";
  EXPECT_EQ(result(zone, request), "fail");
}

TEST(Evaluate, Rfc7489Discovery) {
  Request request = forged("a.b.example.com");
  request.method = Method::kPublicSuffixList;
  request.organizational_domain = [](std::string_view name) {
    return std::string(lookup::last_labels(name, 2));
  };
  // Names between the two are not asked.
  Verdict verdict = judge(records({{"b.example.com", "v=DMARC1;p=none"},
                                   {"example.com", "v=DMARC1;p=quarantine;sp=reject"}}),
                          request);
  EXPECT_EQ(verdict.policy_domain, "example.com");
  EXPECT_EQ(verdict.action, Action::kRefuse);
  EXPECT_EQ(verdict.asked.size(), 2U);
  verdict = judge(records({{"a.b.example.com", "v=DMARC1;p=none"},
                           {"a.b.example.com", "v=DMARC1;p=none"},
                           {"example.com", "v=DMARC1;p=reject"}}),
                  request);
  EXPECT_EQ(verdict.result, Result::kNone);
  EXPECT_EQ(verdict.reason, "a.b.example.com has more than one DMARC record");
}

TEST(Evaluate, AsksLittle) {
  const Zone zone = records({{"example.com", "v=DMARC1; p=reject"}});
  Request request = message("a.b.c.d.e.f.g.h.i.example.com", "x.example.com", "y.example.com");
  for (int i = 0; i < 1000; ++i) {
    request.dkim.push_back({fmt::format("s{}.example.net", i), Check::kPass});
  }
  lookup::Facts facts;
  std::size_t rounds = 0;
  const auto run = [&](lookup::Asker& asker) { return evaluate(request, asker); };
  EXPECT_EQ(lookup::run(zone, run, facts, rounds).result, Result::kPass);
  EXPECT_LE(rounds, 3U);  // the author's walk, and those of all identifiers
  EXPECT_EQ(facts.all().size(), 10U);
}

}  // namespace
}  // namespace hikyaku::dmarc
