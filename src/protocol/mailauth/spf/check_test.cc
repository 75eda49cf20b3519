// SPDX-License-Identifier: Apache-2.0
// Goal: check_host() comes to the results of RFC 7208, says what they rest on, and asks for no more
// than §4.6.4 allows, whatever a record says.
#include "protocol/mailauth/spf/check.h"

#include <gtest/gtest.h>

#include "protocol/mailauth/lookup/testing/zone.h"

namespace hikyaku::spf {
namespace {

using lookup::Facts;
using lookup::question;
using lookup::Type;
using lookup::Zone;

/// RFC 7208 Appendix A.
Zone appendix_a() {
  Zone zone;
  zone.add("example.com", Type::kMx, "10 mail-a.example.com")
      .add("example.com", Type::kMx, "20 mail-b.example.com")
      .add("example.com", Type::kA, "192.0.2.10")
      .add("example.com", Type::kA, "192.0.2.11")
      .add("amy.example.com", Type::kA, "192.0.2.65")
      .add("bob.example.com", Type::kA, "192.0.2.66")
      .add("mail-a.example.com", Type::kA, "192.0.2.129")
      .add("mail-b.example.com", Type::kA, "192.0.2.130")
      .cname("www.example.com", "example.com")
      .add("example.org", Type::kMx, "10 mail-c.example.org")
      .add("mail-c.example.org", Type::kA, "192.0.2.140")
      .add("10.2.0.192.in-addr.arpa", Type::kPtr, "example.com")
      .add("11.2.0.192.in-addr.arpa", Type::kPtr, "example.com")
      .add("65.2.0.192.in-addr.arpa", Type::kPtr, "amy.example.com")
      .add("66.2.0.192.in-addr.arpa", Type::kPtr, "bob.example.com")
      .add("129.2.0.192.in-addr.arpa", Type::kPtr, "mail-a.example.com")
      .add("130.2.0.192.in-addr.arpa", Type::kPtr, "mail-b.example.com")
      .add("140.2.0.192.in-addr.arpa", Type::kPtr, "mail-c.example.org")
      .add("4.0.0.10.in-addr.arpa", Type::kPtr, "bob.example.com");
  return zone;
}

Request mail_from(std::string local_part, std::string domain, std::string_view client) {
  Request request;
  request.client = Ip::parse(client).value_or(Ip());
  request.helo = "helo.example";
  request.local_part = std::move(local_part);
  request.domain = std::move(domain);
  request.receiver = "mx.example.net";
  request.now_s = 1'790'000'000;
  return request;
}

Result check(const Zone& zone, const Request& request) {
  return lookup::run(zone, [&](lookup::Asker& asker) { return check_host(request, asker); });
}
std::string verdict(const Zone& zone, const Request& request) {
  return std::string(name_of(check(zone, request).verdict));
}
Zone with(std::string_view record, std::string_view domain = "example.com") {
  return appendix_a().add(domain, Type::kTxt, record);
}

TEST(CheckHost, AppendixA1) {
  struct Case {
    const char* record;
    const char* client;
    const char* wanted;
  };
  const Case cases[] = {
      {"v=spf1 +all", "203.0.113.9", "pass"},
      {"v=spf1 a -all", "192.0.2.10", "pass"},
      {"v=spf1 a -all", "192.0.2.11", "pass"},
      {"v=spf1 a -all", "192.0.2.12", "fail"},
      {"v=spf1 a:example.org -all", "192.0.2.10", "fail"},
      {"v=spf1 mx -all", "192.0.2.129", "pass"},
      {"v=spf1 mx -all", "192.0.2.130", "pass"},
      {"v=spf1 mx -all", "192.0.2.10", "fail"},
      {"v=spf1 mx:example.org -all", "192.0.2.140", "pass"},
      {"v=spf1 mx mx:example.org -all", "192.0.2.129", "pass"},
      {"v=spf1 mx mx:example.org -all", "192.0.2.130", "pass"},
      {"v=spf1 mx mx:example.org -all", "192.0.2.140", "pass"},
      {"v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.131", "pass"},
      {"v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.143", "pass"},
      {"v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.132", "fail"},
      {"v=spf1 ptr -all", "192.0.2.65", "pass"},
      {"v=spf1 ptr -all", "192.0.2.140", "fail"},
      {"v=spf1 ptr -all", "10.0.0.4", "fail"},
      {"v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", "fail"},
      {"v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.129", "pass"},
      {"v=spf1 a:www.example.com -all", "192.0.2.10", "pass"},  // by way of a CNAME
  };
  for (const Case& c : cases) {
    EXPECT_EQ(verdict(with(c.record), mail_from("mary", "example.com", c.client)), c.wanted)
        << c.record << ' ' << c.client;
  }
}

TEST(CheckHost, AppendixA2) {
  Zone zone =
      with("v=spf1 mx -all")
          .add("example.net", Type::kTxt, "v=spf1 ip4:203.0.113.0/24 -all")
          .add("example.org", Type::kTxt, "v=spf1 include:example.com include:example.net -all")
          .add("la.example.org", Type::kTxt, "v=spf1 redirect=example.org");
  for (const char* domain : {"example.org", "la.example.org"}) {
    EXPECT_EQ(verdict(zone, mail_from("mary", domain, "192.0.2.129")), "pass");
    EXPECT_EQ(verdict(zone, mail_from("mary", domain, "203.0.113.7")), "pass");
    EXPECT_EQ(verdict(zone, mail_from("mary", domain, "192.0.2.140")), "fail");
  }
  const Request request = mail_from("mary", "la.example.org", "203.0.113.7");
  const Result result = check(zone, request);
  const std::vector<Step> wanted = {{"la.example.org", "redirect=example.org"},
                                    {"example.org", "include:example.net"},
                                    {"example.net", "ip4:203.0.113.0/24"}};
  EXPECT_EQ(result.matched, wanted);
  EXPECT_EQ(describe(request, result),
            "203.0.113.7 matches ip4:203.0.113.0/24 of example.net (include:example.net of "
            "example.org, redirect=example.org of la.example.org)");
}

TEST(CheckHost, AppendixA3) {
  Zone zone = with("v=spf1 mx include:mobile-users._spf.%{d} include:remote-users._spf.%{d} -all");
  zone.add("mobile-users._spf.example.com", Type::kTxt, "v=spf1 exists:%{l1r+}.%{d}")
      .add("remote-users._spf.example.com", Type::kTxt, "v=spf1 exists:%{ir}.%{l1r+}.%{d}")
      .add("mary.mobile-users._spf.example.com", Type::kA, "127.0.0.2")
      .add("fred.mobile-users._spf.example.com", Type::kA, "127.0.0.2")
      .add("15.15.168.192.joel.remote-users._spf.example.com", Type::kA, "127.0.0.2")
      .add("16.15.168.192.joel.remote-users._spf.example.com", Type::kA, "127.0.0.2");
  EXPECT_EQ(verdict(zone, mail_from("mary", "example.com", "203.0.113.7")), "pass");
  EXPECT_EQ(verdict(zone, mail_from("mary+lists", "example.com", "203.0.113.7")), "pass");
  EXPECT_EQ(verdict(zone, mail_from("joel", "example.com", "192.168.15.15")), "pass");
  EXPECT_EQ(verdict(zone, mail_from("joel", "example.com", "192.168.15.17")), "fail");
  EXPECT_EQ(verdict(zone, mail_from("mallory", "example.com", "192.168.15.15")), "fail");
}

TEST(CheckHost, AppendixA4WithErrata4001And6216) {
  Zone zone = with("v=spf1 -include:ip4._spf.%{d} -include:ptr._spf.%{d} +all");
  zone.add("ip4._spf.example.com", Type::kTxt, "v=spf1 -ip4:192.0.2.0/24 +all")
      .add("ptr._spf.example.com", Type::kTxt, "v=spf1 -ptr:example.com +all");
  EXPECT_EQ(verdict(zone, mail_from("a", "example.com", "192.0.2.65")), "pass");
  EXPECT_EQ(verdict(zone, mail_from("a", "example.com", "192.0.2.140")), "fail");
  EXPECT_EQ(verdict(zone, mail_from("a", "example.com", "10.0.0.4")), "fail");
}

TEST(CheckHost, IdentitiesOfSection2) {
  Zone zone = with("v=spf1 ip4:192.0.2.1 -all", "mail.example.com")
                  .add("l.example.com", Type::kTxt, "v=spf1 exists:%{l}.%{o}.%{h} -all")
                  .add("postmaster.l.example.com.l.example.com", Type::kA, "127.0.0.2");
  Request request = mail_from("", "", "192.0.2.1");
  request.helo = "Mail.Example.COM.";
  EXPECT_EQ(check(zone, request).domain, "Mail.Example.COM");
  EXPECT_EQ(verdict(zone, request), "pass");  // §2.4: a null reverse-path
  request.identity = Identity::kHelo;
  request.domain = "elsewhere.example";
  EXPECT_EQ(verdict(zone, request), "pass");
  request.helo = "l.example.com";  // %{l} is postmaster, whatever the sender's
  request.local_part = "mallory";
  EXPECT_EQ(verdict(zone, request), "pass");
  for (const char* helo : {"", "localhost", "[192.0.2.1]", "a..b", "[IPv6:2001:db8::1]", "a b.c",
                           "\xff.example.com"}) {
    request.helo = helo;
    EXPECT_EQ(verdict(zone, request), "none") << helo;
    EXPECT_NE(check(zone, request).problem, "");
    EXPECT_TRUE(check(zone, request).asked.empty()) << helo;
  }
}

TEST(CheckHost, Rfc8616) {
  Zone zone;
  zone.add("xn--bcher-kva.example", Type::kTxt, "v=spf1 exists:%{l}.users.%{d} ip4:192.0.2.1 -all")
      .add("r.example", Type::kTxt, "v=spf1 redirect=%{l}.example")
      .add("e.example", Type::kTxt, "v=spf1 -all exp=x.e.example")
      .add("x.e.example", Type::kTxt, "no %{l}")
      .add("u.example", Type::kTxt, "v=spf1 -all exp=x.u.example")
      .add("x.u.example", Type::kTxt, "no %{L}");
  // U-labels are asked for as A-labels; a local part that is not ASCII matches no term with it.
  Request request = mail_from("j\xC3\xBCrgen",
                              "B\xC3\xBC"
                              "cher.example",
                              "192.0.2.1");
  Result result = check(zone, request);
  EXPECT_EQ(result.verdict, Verdict::kPass);
  EXPECT_EQ(result.domain, "xn--bcher-kva.example");
  EXPECT_EQ(result.matched.back().term, "ip4:192.0.2.1");
  EXPECT_EQ(result.asked.size(), 1U);
  request.domain = "r.example";
  EXPECT_EQ(verdict(zone, request), "neutral");
  request.domain = "e.example";
  EXPECT_EQ(check(zone, request).explanation, "");  // RFC 7208 §6.2: US-ASCII
  request.domain = "u.example";
  EXPECT_EQ(check(zone, request).explanation, "no j%C3%BCrgen");
}

TEST(CheckHost, ExplanationsOfSection6_2) {
  struct Case {
    const char* text;
    const char* wanted;
  };
  const Case cases[] = {
      {"Mail from example.com should only be sent by its own servers.",
       "Mail from example.com should only be sent by its own servers."},
      {"%{i} is not one of %{d}'s designated mail servers.",
       "192.0.2.200 is not one of example.com's designated mail servers."},
      {"See http://%{d}/why.html?s=%{S}&i=%{I}",
       "See http://example.com/why.html?s=mary%40example.com&i=192.0.2.200"},
      {"%{c} %{r} %{t} %{p}", "192.0.2.200 mx.example.net 1790000000 unknown"},
      {"broken %{x}", ""},
      {"broken % percent", ""},
      {"two\r\nlines", ""},
      {"\xEF\xBB\xBF"
       "bom",
       ""},
      {"", ""},
  };
  for (const Case& c : cases) {
    Zone zone = with("v=spf1 mx -all exp=explain._spf.%{d}");
    zone.add("explain._spf.example.com", Type::kTxt, c.text);
    const Result result = check(zone, mail_from("mary", "example.com", "192.0.2.200"));
    EXPECT_EQ(result.verdict, Verdict::kFail);
    EXPECT_EQ(result.explanation, c.wanted) << c.text;
  }
  // What the peer said goes in, but not what would break a reply.
  Zone zone = with("v=spf1 -all exp=x.%{d}").add("x.example.com", Type::kTxt, "%{h}");
  Request request = mail_from("mary", "example.com", "192.0.2.200");
  request.helo = "a\tb";
  EXPECT_EQ(check(zone, request).explanation, "");
  request.helo = std::string(2000, 'x');
  EXPECT_EQ(check(zone, request).explanation.size(), kExplanationOctetsMax);
}

TEST(CheckHost, SaysWhatItRestsOn) {
  Zone zone = with("v=spf1 a mx:example.org include:i.example ip4:192.0.2.1 -all");
  zone.add("i.example", Type::kTxt, "v=spf1 a -all").add("i.example", Type::kA, "192.0.2.7");
  const Result result = check(zone, mail_from("mary", "example.com", "192.0.2.140"));
  const std::vector<lookup::Question> wanted = {
      question("example.com", Type::kTxt), question("example.com", Type::kA),
      question("example.org", Type::kMx), question("mail-c.example.org", Type::kA)};
  EXPECT_EQ(result.asked, wanted);
}

TEST(CheckHost, AsksForSeveralAnswersAtOnce) {
  Zone zone = with("v=spf1 a mx include:i.example exists:%{i}.e.example ip4:192.0.2.1 ptr -all");
  zone.add("i.example", Type::kTxt, "v=spf1 -all");
  Facts facts;
  facts.add(question("example.com", Type::kTxt), zone.answer(question("example.com", Type::kTxt)));
  const auto missing = [&](const char* client) {
    lookup::Asker asker(facts);
    check_host(mail_from("mary", "example.com", client), asker);
    return asker.missing();
  };
  const std::vector<lookup::Question> all = {
      question("example.com", Type::kA), question("example.com", Type::kMx),
      question("i.example", Type::kTxt), question("200.2.0.192.in-addr.arpa", Type::kPtr)};
  EXPECT_EQ(missing("192.0.2.200"), all);
  // What comes after a match that needs no DNS is never needed.
  EXPECT_EQ(missing("192.0.2.1"), std::vector(all.begin(), all.end() - 1));
  std::size_t rounds = 0;
  Facts fresh;
  const Request request = mail_from("mary", "example.com", "192.0.2.200");
  const auto run = [&](lookup::Asker& asker) { return check_host(request, asker); };
  EXPECT_EQ(lookup::run(zone, run, fresh, rounds).verdict, Verdict::kFail);
  EXPECT_LE(rounds, 5U);
}

/// What is asked for in all, of a record that does its worst.
std::size_t questions(const Zone& zone, const Request& request, std::string_view wanted) {
  Facts facts;
  std::size_t rounds = 0;
  const auto run = [&](lookup::Asker& asker) { return check_host(request, asker); };
  const Result result = lookup::run(zone, run, facts, rounds);
  EXPECT_EQ(name_of(result.verdict), wanted) << result.problem;
  return facts.all().size();
}

TEST(CheckHost, LimitsOfSection4_6_4) {
  const Request request = mail_from("mary", "e.example", "192.0.2.1");
  std::string many = "v=spf1";
  for (int i = 0; i < 500; ++i) many += fmt::format(" a:h{}.example.org", i);
  Zone hosts;
  for (int i = 0; i < 20; ++i) hosts.add(fmt::format("h{}.example.org", i), Type::kA, "192.0.2.9");
  // 10 terms: the questions never go beyond them.
  EXPECT_EQ(questions(Zone(hosts).add("e.example", Type::kTxt, many), request, "permerror"), 11U);
  // Loops of include and redirect.
  Zone loops;
  loops.add("e.example", Type::kTxt, "v=spf1 include:e.example redirect=e.example");
  EXPECT_EQ(questions(loops, request, "permerror"), 1U);
  Zone tree;
  for (int i = 0; i < 100; ++i) {
    tree.add(i == 0 ? "e.example" : fmt::format("n{}.example", i), Type::kTxt,
             fmt::format("v=spf1 include:n{}.example include:n{}.example", 2 * i + 1, 2 * i + 2));
  }
  EXPECT_LE(questions(tree, request, "permerror"), 21U);
  // Two void look-ups are fine, a third is not.
  Zone voids;
  voids.add("e.example", Type::kTxt, "v=spf1 a mx exists:%{i}.e.example ?all");
  EXPECT_LE(questions(voids, request, "permerror"), 4U);
  voids.add("e.example", Type::kA, "192.0.2.7");
  questions(voids, request, "neutral");
  // 10 names of an mx, at most; each has no more than one question.
  for (const int count : {10, 11}) {
    Zone mx;
    mx.add("e.example", Type::kTxt, "v=spf1 mx -all").add("h9.example.org", Type::kA, "192.0.2.1");
    for (int i = 0; i < count; ++i) {
      mx.add("e.example", Type::kMx, fmt::format("{} h{}.example.org", i, i));
    }
    EXPECT_EQ(questions(mx, request, count == 10 ? "pass" : "permerror"), count == 10 ? 12U : 2U);
  }
}

TEST(CheckHost, PtrLooksAtTenNames) {
  for (const int before : {9, 10}) {
    Zone zone;
    zone.add("e.example", Type::kTxt, "v=spf1 ptr -all").add("z.e.example", Type::kA, "192.0.2.1");
    for (int i = 0; i < before; ++i) {
      zone.add("1.2.0.192.in-addr.arpa", Type::kPtr, fmt::format("h{}.e.example", i));
    }
    zone.add("1.2.0.192.in-addr.arpa", Type::kPtr, "z.e.example");
    EXPECT_LE(
        questions(zone, mail_from("mary", "e.example", "192.0.2.1"), before == 9 ? "pass" : "fail"),
        12U);
  }
  // DNS errors: no match, or the name is skipped (§5.5).
  Zone zone;
  zone.add("e.example", Type::kTxt, "v=spf1 ptr -all").fail("1.2.0.192.in-addr.arpa", Type::kPtr);
  EXPECT_EQ(verdict(zone, mail_from("mary", "e.example", "192.0.2.1")), "fail");
}

TEST(CheckHost, FailuresOfDnsAreTemperrors) {
  const char* record = "v=spf1 a mx include:i.example exists:x.example ptr -all exp=x.example";
  Zone zone;
  zone.add("e.example", Type::kTxt, record)
      .add("e.example", Type::kA, "192.0.2.8")
      .add("e.example", Type::kMx, "10 m.example")
      .add("m.example", Type::kA, "192.0.2.9")
      .add("i.example", Type::kTxt, "v=spf1 a:m.example -all")
      .add("y.example", Type::kA, "127.0.0.2");
  const Request request = mail_from("mary", "e.example", "192.0.2.1");
  EXPECT_EQ(verdict(zone, request), "fail");
  for (const auto& failing : {question("e.example", Type::kTxt), question("e.example", Type::kA),
                              question("e.example", Type::kMx), question("m.example", Type::kA),
                              question("i.example", Type::kTxt), question("x.example", Type::kA)}) {
    const Result result = check(Zone(zone).fail(failing.name, failing.type), request);
    EXPECT_EQ(result.verdict, Verdict::kTemperror) << failing.name;
    EXPECT_NE(result.problem.find(failing.name), std::string::npos) << result.problem;
    EXPECT_TRUE(result.matched.empty());
  }
  EXPECT_EQ(verdict(Zone(zone).fail("x.example", Type::kTxt), request), "fail");  // exp only
}

TEST(CheckHost, ProblemsSayWhere) {
  Zone zone;
  zone.add("a.example", Type::kTxt, "v=spf1 include:b.example -all")
      .add("b.example", Type::kTxt, "v=spf1 ip4:1.2.3 -all")
      .add("c.example", Type::kTxt, "v=spf1 include:none.example -all")
      .add("two.example", Type::kTxt, "v=spf1 -all")
      .add("two.example", Type::kTxt, "V=SPF1 +all")
      .add("mx.example", Type::kTxt, "something else");
  const auto problem = [&](const char* domain) {
    return check(zone, mail_from("mary", domain, "192.0.2.1")).problem;
  };
  EXPECT_EQ(problem("a.example"),
            "the SPF record of b.example is broken at octet 12: expected an IPv4 network");
  EXPECT_EQ(problem("c.example"), "include:none.example: none.example has no SPF record");
  EXPECT_EQ(problem("two.example"), "two.example has 2 SPF records; its owner must leave one");
  EXPECT_EQ(problem("mx.example"), "mx.example has no SPF record");
}

TEST(CheckHost, LongRecordsAreBrokenNotRead) {
  Zone zone;
  zone.add("e.example", Type::kTxt, "v=spf1 " + std::string(65'528, ' '));
  EXPECT_EQ(verdict(zone, mail_from("mary", "e.example", "192.0.2.1")), "permerror");
  Zone other;  // beside a record of somebody else's, as long as TXT can be
  other.add("e.example", Type::kTxt, std::string(65'535, 'x'))
      .add("e.example", Type::kTxt, "v=spf1 -all");
  EXPECT_EQ(verdict(other, mail_from("mary", "e.example", "192.0.2.1")), "fail");
}

}  // namespace
}  // namespace hikyaku::spf
