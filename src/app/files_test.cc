// SPDX-License-Identifier: Apache-2.0
// Goal: files are read whole or refused with the reason, and written whole or not at all, with the
// mode that was asked for.
#include "app/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "port/store/testing/temporary_directory.h"

namespace hikyaku::app {
namespace {

namespace fs = std::filesystem;

struct Files : ::testing::Test {
  store::TemporaryDirectory folder;
  std::string file = folder.path() + "/file";

  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
  }
};

unsigned mode_of(const std::string& file) {
  struct stat found{};
  EXPECT_EQ(::stat(file.c_str(), &found), 0) << file;
  return found.st_mode & 07777U;
}

TEST_F(Files, AreReadAsTheyWereWritten) {
  for (const auto& text : {std::string(), std::string("a\0b\r\n", 5), std::string(100'000, 'x')}) {
    ASSERT_TRUE(write_file(file, text, 0600).has_value());
    EXPECT_EQ(read_file(file).value(), text);
  }
  EXPECT_EQ(entries(), 1U) << "nothing else may be left behind";
}

TEST_F(Files, HaveTheModeThatWasAskedFor) {
  ASSERT_TRUE(write_file(file, "open", 0644).has_value());
  EXPECT_EQ(mode_of(file), 0644U);
  // A start that was cut off left its file, open to all: the secret must not go into that one.
  ASSERT_TRUE(write_file(file + ".new", "rest", 0666).has_value());
  ASSERT_TRUE(write_file(file, "secret", 0600).has_value());
  EXPECT_EQ(mode_of(file), 0600U);
}

TEST_F(Files, ALinkThatSomebodyLaidIsNotFollowed) {
  const auto other = folder.path() + "/other";
  ASSERT_TRUE(write_file(other, "theirs", 0644).has_value());
  fs::create_symlink(other, file + ".new");
  ASSERT_TRUE(write_file(file, "ours", 0644).has_value());
  EXPECT_EQ(read_file(other).value(), "theirs");
  EXPECT_EQ(read_file(file).value(), "ours");
}

TEST_F(Files, WhatCanNotBeWrittenLeavesTheOldOne) {
  fs::create_directory(file);  // a folder stands where the file should: the rename fails
  const auto written = write_file(file, "x", 0600);
  ASSERT_FALSE(written.has_value());
  EXPECT_NE(written.error().text.find(file), std::string::npos) << written.error().text;
  EXPECT_TRUE(fs::is_directory(file));
  EXPECT_EQ(entries(), 1U);
  EXPECT_FALSE(write_file(folder.path() + "/none/file", "x", 0600).has_value());
}

TEST_F(Files, WhatCanNotBeReadSaysWhy) {
  const auto missing = read_file(file);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().remedy, Remedy::kPermanent);
  EXPECT_EQ(missing.error().text, file + ": No such file or directory");
  EXPECT_FALSE(read_file(folder.path()).has_value()) << "a folder is no file";
}

TEST_F(Files, OneOver16MebibytesIsRefused) {
  ASSERT_TRUE(write_file(file, "x", 0600).has_value());
  ASSERT_EQ(::truncate(file.c_str(), 16 << 20), 0);
  EXPECT_EQ(read_file(file).value().size(), 16U << 20U);
  ASSERT_EQ(::truncate(file.c_str(), (16 << 20) + 1), 0);
  const auto read = read_file(file);
  ASSERT_FALSE(read.has_value());
  EXPECT_NE(read.error().text.find("16 MiB"), std::string::npos);
}

TEST_F(Files, LinesComeWithoutCommentsAndEnds) {
  ASSERT_TRUE(write_file(file, "; zone\n\na IN A 192.0.2.1 \r\n# more\nlast", 0600).has_value());
  EXPECT_EQ(read_lines(file).value(), (std::vector<std::string>{"a IN A 192.0.2.1", "last"}));
}

TEST(OwnPath, IsThisProgram) { EXPECT_TRUE(own_path().ends_with("/app_test")) << own_path(); }

}  // namespace
}  // namespace hikyaku::app
