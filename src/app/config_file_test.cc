// SPDX-License-Identifier: Apache-2.0
// Goal: a configuration file is read with its folder as the start of relative paths, or every
// mistake is told with file, line and remedy.
#include "app/config_file.h"

#include <gtest/gtest.h>

#include "app/files.h"
#include "port/store/testing/temporary_directory.h"

namespace hikyaku::app {
namespace {

Result<config::Config> read(const store::TemporaryDirectory& folder, std::string_view text) {
  const auto file = folder.path() + "/hikyaku.toml";
  EXPECT_TRUE(write_file(file, text, 0600).has_value());
  return load_config(file);
}

TEST(ConfigFile, RelativePathsCountFromItsFolder) {
  const store::TemporaryDirectory folder;
  const auto config = read(folder, "[server]\ndata = \"mail\"\n");
  ASSERT_TRUE(config.has_value()) << config.error().text;
  EXPECT_EQ(config->server.data, folder.path() + "/mail");
}

TEST(ConfigFile, AnEmptyOneIsValid) {
  const store::TemporaryDirectory folder;
  EXPECT_TRUE(read(folder, "").has_value());
}

TEST(ConfigFile, EveryMistakeHasItsLine) {
  const store::TemporaryDirectory folder;
  const auto config = read(folder, "[smtp]\nnone = 1\n\n[delivery]\nport = \"x\"\n");
  ASSERT_FALSE(config.has_value());
  const auto file = folder.path() + "/hikyaku.toml";
  for (const auto& place : {file + ":2:", file + ":5:"})
    EXPECT_NE(config.error().text.find(place), std::string::npos) << config.error().text;
}

TEST(ConfigFile, OneThatIsNotThereCanBeBegun) {
  const auto config = load_config("/nonexistent/hikyaku.toml");
  ASSERT_FALSE(config.has_value());
  for (const auto* text : {&config.error().text, &config.error().japanese})
    EXPECT_NE(text->find("hikyaku config defaults > /nonexistent/hikyaku.toml"), std::string::npos)
        << *text;
}

TEST(ConfigFile, OneThatCanNotBeReadIsNotToBeOverwritten) {
  const store::TemporaryDirectory folder;
  const auto config = load_config(folder.path());  // a folder
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().text.find("defaults >"), std::string::npos) << config.error().text;
}

}  // namespace
}  // namespace hikyaku::app
