// SPDX-License-Identifier: Apache-2.0
// Goal: columns and lines fit in both languages.
#include "cli/help.h"

#include <gtest/gtest.h>

namespace hikyaku::cli {
namespace {

TEST(Help, WideCharactersTakeTwoColumns) {
  EXPECT_EQ(columns_of(""), 0U);
  EXPECT_EQ(columns_of("remedy"), 6U);
  EXPECT_EQ(columns_of("対処"), 4U);
  EXPECT_EQ(columns_of("キュー ID"), 9U);
  EXPECT_EQ(columns_of("é…"), 2U);
  EXPECT_EQ(columns_of("\xe5\xaf"), 2U) << "a damaged character is counted by octets";
  EXPECT_EQ(padded("対処", 6), "対処  ");
  EXPECT_EQ(padded("対処", 3), "対処");
}

TEST(Help, LinesBreakAtSpaces) {
  EXPECT_EQ(wrapped("one two three", 8), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("unbreakable x", 4), (std::vector<std::string>{"unbreakable", "x"}));
  EXPECT_EQ(wrapped("", 4), (std::vector<std::string>{""}));
}

TEST(Help, LinesBreakBetweenWideCharactersButNotBeforeAMark) {
  EXPECT_EQ(wrapped("配達する", 4), (std::vector<std::string>{"配達", "する"}));
  EXPECT_EQ(wrapped("配達。次", 4), (std::vector<std::string>{"配", "達。", "次"}));
  EXPECT_EQ(wrapped("キュー", 4), (std::vector<std::string>{"キュー"}))
      << "marks stay with the character before them, even where they do not fit";
  EXPECT_EQ(wrapped("SMTP で送る", 6), (std::vector<std::string>{"SMTP", "で送る"}));
}

TEST(Help, NoLineIsTooLongAndNothingIsLost) {
  constexpr std::string_view kText =
      "配送を待つメールの一覧です。`hikyaku queue show ID` で理由を確認できます。ポート 25 です。";
  for (std::size_t columns = 24; columns < 100; ++columns) {
    std::string whole;
    for (const auto& line : wrapped(kText, columns)) {
      EXPECT_LE(columns_of(line), columns) << line;
      whole += line;
    }
    std::string wanted(kText);
    std::erase(wanted, ' ');
    std::erase(whole, ' ');
    EXPECT_EQ(whole, wanted);
  }
}

}  // namespace
}  // namespace hikyaku::cli
