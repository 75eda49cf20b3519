// SPDX-License-Identifier: Apache-2.0
// Goal: what the system refuses is told in both languages, and is still what it is.
#include "base/system_words.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace hikyaku {
namespace {

TEST(SystemWords, WhatAdministratorsMeetIsToldInBothLanguages) {
  for (const int number : {ENOENT, EACCES, ENOSPC, EROFS, EADDRINUSE, ECONNREFUSED, ETIMEDOUT}) {
    const auto told = system_told(number);
    EXPECT_EQ(told.in(Language::kEnglish), std::generic_category().message(number));
    EXPECT_NE(told.in(Language::kEnglish), told.in(Language::kJapanese)) << number;
  }
}

TEST(SystemWords, OthersAreTheSystemsEnglish) {
  EXPECT_EQ(system_told(EUCLEAN), verbatim(std::generic_category().message(EUCLEAN)));
  const std::error_code other(1, std::iostream_category());
  EXPECT_EQ(system_told(other), verbatim(other.message()));
  EXPECT_EQ(system_told(std::error_code(EACCES, std::system_category())), system_told(EACCES));
}

TEST(SystemWords, AnErrorSaysWhatWasDoneAndWhy) {
  const Error error = system_error(EACCES, Words{"writing {0}", "{0} の書き込み"}, "/x").error();
  EXPECT_EQ(error.text, "writing /x: Permission denied");
  EXPECT_EQ(error.japanese, "/x の書き込み: 権限がありません");
  EXPECT_EQ(error.remedy, Remedy::kRetryLater);
}

TEST(SystemWords, AFullDiskIsStillOne) {
  const Error error = system_error(ENOSPC, verbatim("/x")).error();
  EXPECT_EQ(error.cause, Cause::kDiskFull);
  EXPECT_NE(error.text.find("make room"), std::string::npos) << error.text;
  EXPECT_NE(error.japanese.find("空きを増やして"), std::string::npos) << error.japanese;
}

}  // namespace
}  // namespace hikyaku
