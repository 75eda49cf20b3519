// SPDX-License-Identifier: Apache-2.0
// Goal: what is told keeps all its languages, with its values, however deep they lie.
#include "base/told.h"

#include <gtest/gtest.h>

namespace hikyaku {
namespace {

TEST(Told, HasItsValuesInBothLanguages) {
  const auto text = told({"{0} of {1}", "{1} のうち {0}"}, 3, "ten");
  EXPECT_EQ(text.in(Language::kEnglish), "3 of ten");
  EXPECT_EQ(text.in(Language::kJapanese), "ten のうち 3");
}

TEST(Told, WhatIsToldInsideSpeaksTheSameLanguage) {
  const auto inner = told({"a text", "文字列"});
  const Error only_english{.remedy = Remedy::kPermanent, .text = "closed"};
  const auto error = error_of(Remedy::kPermanent, Words{"full", "満杯"});
  const auto text = told({"{0}: {1}, {2}", "{0}: {1}、{2}"}, inner, error, only_english);
  EXPECT_EQ(text.in(Language::kEnglish), "a text: full, closed");
  EXPECT_EQ(text.in(Language::kJapanese), "文字列: 満杯、closed");
}

TEST(Told, NamesAreTheSameInAll) {
  EXPECT_EQ(verbatim("/etc").in(Language::kJapanese), "/etc");
  EXPECT_EQ(Told::from("a", "").in(Language::kJapanese), "a");
  EXPECT_TRUE(Told().empty());
}

TEST(Told, MakesErrorsOfBothLanguages) {
  const auto error = permanent(told({"no {0}", "{0} がない"}, 7)).error();
  EXPECT_EQ(error.remedy, Remedy::kPermanent);
  EXPECT_EQ(error.text, "no 7");
  EXPECT_EQ(error.japanese, "7 がない");
  EXPECT_EQ(told(error).in(Language::kJapanese), "7 がない");
}

}  // namespace
}  // namespace hikyaku
