// SPDX-License-Identifier: Apache-2.0
// Goal: what is printed reads as the same, the sample shows the true defaults, and docs/config.md
// is up to date.
#include "config/print.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "config/read.h"

namespace hikyaku::config {
namespace {

constexpr std::array kLanguages{Language::kEnglish, Language::kJapanese};

Config must_read(const std::string& text) {
  auto config = read(text, "/etc");
  if (config) return *config;
  for (const Problem& problem : config.error())
    ADD_FAILURE() << text_of(problem, "test", Language::kEnglish);
  return {};
}

TEST(PrintConfig, ReadsAsTheSame) {
  const Config defaults = must_read("");
  EXPECT_EQ(must_read(print(defaults)), defaults);

  Config changed = defaults;
  changed.server.hostname = "mail.example.org";
  changed.server.log_format = event::Format::kJson;
  changed.server.data = "/srv/\"quoted\" \\ path\twith tab";
  changed.listeners = {{.protocol = Protocol::kLmtp, .port = 24, .path = "/run/l.sock"},
                       {.protocol = Protocol::kImaps, .address = "127.0.0.1", .port = 2993}};
  changed.certificates = {{"/a", "/b"}, {"/c", "/d"}};
  changed.smtp.message_size_max = {123'456};
  changed.dns.forwarders = {"192.0.2.1@53", "::1"};
  changed.dns.dnssec = Switch::kOff;
  changed.delivery.families = Families::kIpv4;
  changed.delivery.retry_after = {std::chrono::milliseconds(1500)};
  for (const auto in : kLanguages) EXPECT_EQ(must_read(print(changed, in)), changed);
}

TEST(PrintConfig, TheSampleIsValidAsItIs) {
  for (const auto in : kLanguages) EXPECT_EQ(must_read(print_defaults(in)), must_read(""));
}

/// Comments in Japanese: what is left of both samples without them is the same.
TEST(PrintConfig, TheSamplesOfBothLanguagesHaveTheSameKeys) {
  const std::regex prose("(^|\n)# (?![a-z_0-9]+ = |\\[)[^\n]*");
  const auto english = print_defaults(Language::kEnglish);
  const auto japanese = print_defaults(Language::kJapanese);
  EXPECT_NE(english, japanese);
  const auto keys = std::regex_replace(english, prose, "");
  EXPECT_NE(keys.find("# retry_after = "), std::string::npos);
  // A text may have another number of lines.
  const std::regex lines("\n+");
  EXPECT_EQ(std::regex_replace(keys, lines, "\n"),
            std::regex_replace(std::regex_replace(japanese, prose, ""), lines, "\n"));
}

TEST(PrintConfig, TheSampleShowsTheTrueDefaults) {
  // With the # off all keys, but not the tables that make a listener or a certificate.
  std::string text =
      std::regex_replace(print_defaults(), std::regex("(^|\n)# ([a-z_0-9]+ = )"), "$1$2");
  text =
      std::regex_replace(text, std::regex("# \\[\\[listener\\]\\]\n(# .*\n|[a-z_]+ = .*\n)*"), "");
  text = std::regex_replace(text, std::regex("# \\[\\[certificate\\]\\]\n(# .*\n|[a-z_]+ = .*\n)*"),
                            "");
  EXPECT_NE(text.find("\nhostname = \"\"\n"), std::string::npos);
  EXPECT_EQ(must_read(text), must_read(""));
}

TEST(PrintConfig, DocsConfigMdIsTheReference) {
  if (std::getenv("HK_WRITE_DOCS") != nullptr) std::ofstream("docs/config.md") << print_reference();
  std::ifstream file("docs/config.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(text == print_reference())
      << "docs/config.md is out of date; remedy: HK_WRITE_DOCS=1 "
         "build/dev/src/config/config_test";
}

}  // namespace
}  // namespace hikyaku::config
