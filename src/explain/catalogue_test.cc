// SPDX-License-Identifier: Apache-2.0
// Goal: the catalogue that is compiled in is whole, and a malformed one is refused with its line.
#include "explain/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace hikyaku::explain {
namespace {

bool has_japanese(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0xe3; });
}

TEST(Catalogue, WhatIsCompiledInIsWhole) {
  const auto parsed = parse_catalogue(catalogue_text());
  ASSERT_TRUE(parsed.has_value()) << parsed.error().text;
  std::size_t providers = 0;
  for (const Entry& entry : *parsed) {
    const auto name = entry.keys.front();
    EXPECT_TRUE(has_japanese(entry.japanese.meaning)) << name;
    EXPECT_TRUE(has_japanese(entry.japanese.remedy)) << name;
    EXPECT_FALSE(has_japanese(entry.english.meaning)) << name;
    EXPECT_TRUE(entry.english.meaning.ends_with('.')) << name;
    providers += !entry.patterns.empty();
    for (const auto pattern : entry.patterns) {
      EXPECT_TRUE(std::ranges::none_of(pattern, [](char c) { return c >= 'A' && c <= 'Z'; }))
          << pattern;
      EXPECT_GE(pattern.size(), 6U) << pattern;
    }
  }
  EXPECT_GE(providers, 30U);
}

TEST(Catalogue, CodesThatMustBeThere) {
  for (const auto code : {"421", "450", "451", "452", "454", "455", "501", "503", "530", "534",
                          "535", "538", "550", "551", "552", "553", "554"}) {
    const auto found = look_up(code, Language::kEnglish);
    ASSERT_TRUE(found.has_value()) << code;
    EXPECT_EQ(found->key, code);
  }
}

TEST(Catalogue, MalformedOnesAreRefused) {
  const std::string good = "= a\n> sender\nen m | r\nja m | r\n";
  EXPECT_TRUE(parse_catalogue(good).has_value());
  const std::vector<std::pair<std::string, std::string_view>> cases = {
      {"en m | r\n", "line 1: an entry begins"},
      {"= a\n> nobody-else\n", "line 2: no such actor"},
      {"= a\n> sender\nen m\n", "line 3: wanted"},
      {"= a\n> sender\nen m | r\n", "not whole"},
      {"= a\nen m | r\nja m | r\n= b\n", "line 4: a is not whole"},
      {good + good, "line 5: a is there twice"},
      {"=\n", "line 1: a mark"},
      {"=  \n", "line 1: an entry needs a key"},
      {good + "? x\n", "line 5: unknown mark"},
  };
  for (const auto& [text, complaint] : cases) {
    const auto parsed = parse_catalogue(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_NE(parsed.error().text.find(complaint), std::string::npos) << parsed.error().text;
  }
}

TEST(Catalogue, Patterns) {
  EXPECT_TRUE(matches("user unknown", "550 user unknown"));
  EXPECT_TRUE(matches("from * is not", "mail from x is not taken"));
  EXPECT_TRUE(matches("a*b*c", "..a..b..c.."));
  EXPECT_FALSE(matches("a*b*c", "..a..c..b.."));
  EXPECT_FALSE(matches("aa*aa", "aaa"));
  EXPECT_TRUE(matches("", "anything"));
}

}  // namespace
}  // namespace hikyaku::explain
