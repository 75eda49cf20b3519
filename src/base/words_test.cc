// SPDX-License-Identifier: Apache-2.0
// Goal: texts come in the language that was chosen or that the environment says; errors can be told
// in both, also after a floor above has added its context.
#include "base/words.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace hikyaku {
namespace {

class Environment : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"HIKYAKU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}) ::unsetenv(name);
  }
  void TearDown() override { SetUp(); }
};

TEST(Words, LocalesNameLanguages) {
  for (const auto* name : {"ja", "ja_JP.UTF-8", "ja.UTF-8"})
    EXPECT_EQ(language_of(name), Language::kJapanese) << name;
  for (const auto* name : {"", "C", "en", "jam_JM", "JA", "de_DE.UTF-8"})
    EXPECT_EQ(language_of(name), Language::kEnglish) << name;
}

TEST_F(Environment, IsAskedFromTheMostToTheLeastParticular) {
  EXPECT_EQ(language(), Language::kEnglish);
  ::setenv("LANG", "ja_JP.UTF-8", 1);
  EXPECT_EQ(language(), Language::kJapanese);
  ::setenv("LC_MESSAGES", "C", 1);
  EXPECT_EQ(language(), Language::kEnglish);
  ::setenv("LC_ALL", "ja_JP.UTF-8", 1);
  EXPECT_EQ(language(), Language::kJapanese);
  ::setenv("LC_ALL", "", 1);  // empty is as unset: POSIX.1-2017 §8.2
  EXPECT_EQ(language(), Language::kEnglish);
  ::setenv("HIKYAKU_LANG", "ja", 1);
  EXPECT_EQ(language(), Language::kJapanese);
}

TEST(Words, PlacesOfValuesAreCompared) {
  EXPECT_TRUE(Words::have_same_places("no {0} in {1}", "{1} に {0} はありません"));
  EXPECT_FALSE(Words::have_same_places("no {0} in {1}", "{0} はありません"));
  EXPECT_FALSE(Words::have_same_places("no {0}", "{0} {1}"));
  EXPECT_FALSE(Words::have_same_places("{0} is {0}", "{0}"));
  EXPECT_FALSE(Words::have_same_places("{0}", "なし"));
}

TEST(Words, ErrorsAreToldInBoth) {
  const auto error = permanent(Words{"no {0} in {1}", "{1} に {0} はありません"}, "ann", 7).error();
  EXPECT_EQ(error.remedy, Remedy::kPermanent);
  EXPECT_EQ(text_of(error, Language::kEnglish), "no ann in 7");
  EXPECT_EQ(text_of(error, Language::kJapanese), "7 に ann はありません");
  const auto higher = Error(error).in("box");
  EXPECT_EQ(text_of(higher, Language::kEnglish), "box: no ann in 7");
  EXPECT_EQ(text_of(higher, Language::kJapanese), "box: 7 に ann はありません");
}

TEST(Words, AnErrorOfOneLanguageIsToldInThat) {
  const auto error = retry_later("busy").error();
  EXPECT_EQ(text_of(error, Language::kJapanese), "busy");
  EXPECT_EQ(text_of(Error(error).in("disk"), Language::kJapanese), "disk: busy");
}

}  // namespace
}  // namespace hikyaku
