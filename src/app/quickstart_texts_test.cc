// SPDX-License-Identifier: Apache-2.0
// Goal: every text can be said in both languages, with the same values in it.
#include "app/quickstart_texts.h"

#include <gtest/gtest.h>

#include <set>

namespace hikyaku::app {
namespace {

std::set<std::string> places_of(std::string_view text) {
  std::set<std::string> out;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1))
    out.emplace(text.substr(open, text.find('}', open) - open + 1));
  return out;
}

TEST(QuickstartTexts, BothLanguagesHaveEveryTextWithTheSameValues) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Text::kEnd); ++i) {
    const auto text = static_cast<Text>(i);
    const auto english = text_of(text, Language::kEnglish);
    const auto japanese = text_of(text, Language::kJapanese);
    EXPECT_FALSE(english.empty()) << i;
    EXPECT_FALSE(japanese.empty()) << english;
    EXPECT_EQ(places_of(english), places_of(japanese)) << english;
    for (const auto language : {Language::kEnglish, Language::kJapanese})
      EXPECT_EQ(say(language, text, "a", "b", "c", "d").find_first_of("{}"), std::string::npos)
          << english;
  }
}

}  // namespace
}  // namespace hikyaku::app
