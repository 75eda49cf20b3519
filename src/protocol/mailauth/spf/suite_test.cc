// SPDX-License-Identifier: Apache-2.0
// Goal: the public suites for SPF (tests/conformance/spf) say what we say. Where an older suite
// wants something else, the test and the reason stand here.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "protocol/mailauth/lookup/testing/zone.h"
#include "protocol/mailauth/spf/check.h"

namespace hikyaku::spf {
namespace {

using nlohmann::json;

/// Answers of suites that are not ours.
struct Deviation {
  const char* suite;
  const char* test;
  const char* ours;
  const char* reason;
};
constexpr std::array kDeviations = {
    Deviation{
        "pyspf-extra-tests", "default-modifier", "neutral",
        "default= of drafts before RFC 4408; unknown modifiers are ignored (RFC 7208 §6), and "
        "the suites of both RFCs want neutral (default-modifier-obsolete)"},
    Deviation{"pyspf-extra-tests", "default-modifier-harsh", "neutral",
              "the same record; \"ambiguous\" is a result of pyspf's strict mode, not of RFC 7208"},
};

json load(const std::string& suite) {
  const std::string path = "tests/conformance/spf/" + suite + ".json";
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  return json::parse(file, nullptr, false);
}

/// The suites write octets as the characters with their numbers.
std::string octets(const json& text) {
  const auto utf8 = text.get<std::string>();
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x80) {
      out += utf8[i];
    } else {
      const auto next = static_cast<unsigned char>(utf8.at(++i));
      out += static_cast<char>((c & 0x03U) << 6U | (next & 0x3fU));
    }
  }
  return out;
}

lookup::Zone zone_of(const json& given) {
  using lookup::Type;
  lookup::Zone zone;
  for (const auto& [name, entry] : given.items()) {
    for (const json& record : entry["records"]) {
      const std::string type = record[0];
      const std::string text = octets(record[1]);
      if (type == "CNAME") zone.cname(name, text);
      for (const Type known : {Type::kA, Type::kAaaa, Type::kMx, Type::kPtr, Type::kTxt}) {
        if (type == lookup::name_of(known)) zone.add(name, known, text);
      }
    }
    if (entry["timeout"] == true) zone.fail_rest(name);
  }
  return zone;
}

Request request_of(const json& test) {
  Request request;
  request.helo = octets(test["helo"]);
  request.receiver = "receiver.example";
  const std::string client = test["client"];
  EXPECT_TRUE(Ip::parse(client)) << client;
  request.client = Ip::parse(client).value_or(Ip());
  const std::string sender = octets(test["mailfrom"]);
  if (const auto at = sender.rfind('@'); at != std::string::npos) {
    request.local_part = sender.substr(0, at);
    request.domain = sender.substr(at + 1);
  }
  return request;
}

const Deviation* deviation(const std::string& suite, const std::string& test) {
  const auto* found = std::ranges::find_if(
      kDeviations, [&](const Deviation& d) { return d.suite == suite && d.test == test; });
  return found == kDeviations.end() ? nullptr : found;
}

void check_explanation(const std::string& name, const std::string& wanted, std::string got) {
  // "DEFAULT" is the text of a checker that has no explanation of the domain.
  if (got.empty()) got = "DEFAULT";
  // The nibbles of an IPv6 address: in the suite large letters, in RFC 7208 §7.4 small ones.
  if (name == "v-macro-ip6") {
    EXPECT_EQ(lookup::question(got, lookup::Type::kA), lookup::question(wanted, lookup::Type::kA));
  } else {
    EXPECT_EQ(got, wanted);
  }
}

/// Gives the number of tests.
std::size_t run_suite(const std::string& suite) {
  std::size_t count = 0;
  for (const json& scenario : load(suite)) {
    const lookup::Zone zone = zone_of(scenario["zone"]);
    for (const json& test : scenario["tests"]) {
      const std::string name = test["name"];
      SCOPED_TRACE(suite + ": " + name + " (" + test["spec"].get<std::string>() + ")");
      const Request request = request_of(test);
      const Result result =
          lookup::run(zone, [&](lookup::Asker& asker) { return check_host(request, asker); });
      std::vector<std::string> wanted = test["results"];
      if (const Deviation* ours = deviation(suite, name)) wanted = {ours->ours};
      const std::string verdict(name_of(result.verdict));
      EXPECT_NE(std::ranges::find(wanted, verdict), wanted.end())
          << verdict << ", wanted " << fmt::format("{}", fmt::join(wanted, " or ")) << ": "
          << describe(request, result);
      if (test.contains("explanation") && verdict == "fail") {
        check_explanation(name, test["explanation"], result.explanation);
      }
      ++count;
    }
  }
  return count;
}

TEST(Suite, OfRfc7208) { EXPECT_EQ(run_suite("rfc7208-tests"), 203U); }
TEST(Suite, OfRfc4408) { EXPECT_EQ(run_suite("rfc4408-tests"), 191U); }
TEST(Suite, OfPyspf) { EXPECT_EQ(run_suite("pyspf-extra-tests"), 16U); }

TEST(Suite, HasTheTestsThatWeDeviateFrom) {
  for (const Deviation& d : kDeviations) {
    bool found = false;
    for (const json& scenario : load(d.suite)) {
      for (const json& test : scenario["tests"]) {
        const std::vector<std::string> results = test["results"];
        found |= test["name"] == d.test && std::ranges::find(results, d.ours) == results.end();
      }
    }
    EXPECT_TRUE(found) << d.test << " is none, or no deviation: " << d.reason;
  }
}

}  // namespace
}  // namespace hikyaku::spf
