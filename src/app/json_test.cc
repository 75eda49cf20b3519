// SPDX-License-Identifier: Apache-2.0
// Goal: what comes over the control socket is JSON of a bounded depth, or an error, and never more.
#include "app/json.h"

#include <gtest/gtest.h>

#include <string>

namespace hikyaku::app {
namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(ParseJson, ReadsWhatItPrints) {
  const Json json{{"command", "account add"}, {"arguments", {{"address", "ann@example.org"}}}};
  const auto read = parse_json(json.dump());
  ASSERT_TRUE(read.has_value()) << read.error().text;
  EXPECT_EQ(*read, json);
}

TEST(ParseJson, RefusesEveryCutText) {
  const std::string whole = R"({"a": [1, "b", null], "c": {"d": true}})";
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(parse_json(whole.substr(0, n)).has_value()) << n;
  EXPECT_TRUE(parse_json(whole).has_value());
}

TEST(ParseJson, RefusesWhatIsNestedTooDeep) {
  EXPECT_TRUE(parse_json(nested(kJsonDepthMax)).has_value());
  for (const std::size_t depth : {std::size_t{kJsonDepthMax} + 2, std::size_t{500'000}}) {
    const auto read = parse_json(nested(depth));
    ASSERT_FALSE(read.has_value()) << depth;
    EXPECT_NE(read.error().text.find("deeper than 32"), std::string::npos) << read.error().text;
  }
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')).has_value());
}

}  // namespace
}  // namespace hikyaku::app
