// SPDX-License-Identifier: Apache-2.0
// Goal: the public suite for ARC (tests/conformance/arc) says what we say, octet for octet where it
// tells the signatures.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "port/crypto/mailauth/message_crypto.h"
#include "protocol/mailauth/arc/seal.h"
#include "protocol/mailauth/arc/verify.h"
#include "protocol/mailauth/dkim/tag_list.h"
#include "protocol/mailauth/lookup/testing/zone.h"
#include "protocol/mailauth/results/results.h"

namespace hikyaku::crypto {
namespace {

using nlohmann::json;

/// Messages whose newest seal says cv=fail, or the oldest does: the suite leaves the answer open.
/// RFC 8617 §5.2, steps 2 and 3.C: the chain fails.
constexpr std::array kOpen = {"cv_fail_i1_as_cv_fail", "cv_fail_i2_as2_fail",
                              "cv_fail_i2_as1_fail"};

json load(const std::string& suite) {
  const std::string path = "tests/conformance/arc/" + suite + ".json";
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  return json::parse(file, nullptr, false);
}

lookup::Zone zone_of(const json& records) {
  lookup::Zone zone;
  for (const auto& [name, text] : records.items())
    zone.add(name, lookup::Type::kTxt, text.get<std::string>());
  return zone;
}

TEST(ArcSuite, Validation) {
  std::size_t count = 0, open = 0;
  for (const json& scenario : load("validation")) {
    const auto zone = zone_of(scenario["records"]);
    for (const json& test : scenario["tests"]) {
      const std::string name = test["name"];
      SCOPED_TRACE(name + ": " + test["description"].get<std::string>());
      std::string wanted = test["cv"];
      std::ranges::transform(wanted, wanted.begin(),
                             [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
      if (wanted.empty()) {
        EXPECT_NE(std::ranges::find(kOpen, name), kOpen.end());
        wanted = "fail";
        ++open;
      }
      const auto message = dkim::read_message(message_crypto(), {arc::verify_wishes},
                                              test["message"].get<std::string>());
      const auto out = lookup::run(zone, [&](lookup::Asker& asker) {
        return arc::verify(message, message_crypto(), asker,
                           {.now = UnixTime{std::chrono::seconds(12346)}});
      });
      EXPECT_EQ(name_of(out.status), wanted) << out.reason;
      EXPECT_EQ(out.reason.empty(), wanted != "fail");
      ++count;
    }
  }
  EXPECT_EQ(count, 171U);
  EXPECT_EQ(open, kOpen.size());
}

/// The results of all Authentication-Results fields with this id, as one (RFC 8617 §4.1.1).
results::Results merged_results(const dkim::Header& header, const std::string& id) {
  results::Results out{.authserv_id = id};
  for (const auto place : header.named("authentication-results")) {
    const auto read = results::parse(header.fields()[place].value);
    EXPECT_TRUE(read.has_value()) << read.error().text;
    if (!read || read->authserv_id != id) continue;
    out.methods.insert(out.methods.end(), read->methods.begin(), read->methods.end());
  }
  return out;
}

/// The suite stamps the status of the chain into the newest results.
arc::ChainStatus status_in(const results::Results& all) {
  for (const auto& method : all.methods) {
    if (method.method != "arc") continue;
    if (method.result == "pass") return arc::ChainStatus::kPass;
    if (method.result == "fail") return arc::ChainStatus::kFail;
  }
  return arc::ChainStatus::kNone;
}

/// Tags without white space, in order: as the suite compares them.
std::vector<std::string> tags_of(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') text += c;
  }
  std::vector<std::string> out;
  std::stringstream stream(text);
  for (std::string tag; std::getline(stream, tag, ';');) out.push_back(tag);
  std::ranges::sort(out);
  return out;
}

Result<std::string> seal_as(const json& scenario, const json& test) {
  const auto key = load_message_key(scenario["key"].get<std::string>());
  EXPECT_TRUE(key.has_value());
  if (!key) return std::unexpected(key.error());
  arc::SealRequest request{
      .domain = scenario["domain"].get<std::string>(),
      .key = {scenario["selector"].get<std::string>(), key->get()},
      .now = UnixTime{std::chrono::seconds(std::stoll(test["t"].get<std::string>()))}};
  request.fields = {};
  std::stringstream names(test["sig-headers"].get<std::string>());
  for (std::string name; std::getline(names, name, ':');)
    request.fields.as_they_are.push_back(name);
  const auto message = dkim::read_message(
      message_crypto(), {[&](const dkim::Header&) { return arc::seal_wishes(request); }},
      test["message"].get<std::string>());
  const auto all = merged_results(message.header(), test["srv-id"].get<std::string>());
  request.status = status_in(all);
  request.results = results::print(all);
  return arc::seal(message, message_crypto(), request);
}

TEST(ArcSuite, Signing) {
  std::size_t count = 0, none = 0;
  for (const json& scenario : load("sign")) {
    for (const json& test : scenario["tests"]) {
      SCOPED_TRACE(test["name"].get<std::string>());
      ++count;
      const auto out = seal_as(scenario, test);
      ASSERT_TRUE(out.has_value()) << out.error().text;
      if (test["AS"].get<std::string>().empty()) {
        EXPECT_TRUE(out->empty()) << *out;
        ++none;
        continue;
      }
      const dkim::Header header(*out);
      ASSERT_EQ(header.fields().size(), 3U);
      const std::array<const char*, 3> keys = {"AS", "AMS", "AAR"};
      for (std::size_t i = 0; i < keys.size(); ++i)
        EXPECT_EQ(tags_of(header.fields()[i].value), tags_of(test[keys[i]].get<std::string>()));
    }
  }
  EXPECT_EQ(count, 17U);
  EXPECT_EQ(none, 1U);  // no_additional_sig
}

}  // namespace
}  // namespace hikyaku::crypto
