// SPDX-License-Identifier: Apache-2.0
// Goal: the unit that quickstart writes is the packaged one, with only what the paths ask for
// changed.
#include "app/quickstart_unit.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "app/files.h"

namespace hikyaku::app {
namespace {

UnitFacts usual() {
  return {"/usr/local/bin/hikyaku", "/etc/hikyaku/hikyaku.toml", "/var/lib/hikyaku", "hikyaku",
          "hikyaku"};
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.insert(line);
  return out;
}

/// Lines of `a` that `b` does not have.
std::set<std::string> only_in(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::set<std::string> out;
  for (const auto& line : a)
    if (!b.contains(line)) out.insert(line);
  return out;
}

TEST(QuickstartUnit, TheUsualPlacesGiveThePackagedUnit) {
  const auto packaged = read_file("packaging/hikyaku.service");
  ASSERT_TRUE(packaged.has_value()) << packaged.error().text;
  EXPECT_EQ(unit_text(usual()), *packaged);
}

TEST(QuickstartUnit, OnlyWhatThePathsAskForIsChanged) {
  const auto whole = lines_of(unit_text(usual()));
  const auto own = lines_of(unit_text(
      {"/home/ann/bin/hikyaku", "/tmp/x y/hikyaku.toml", "/tmp/x y/data", "ann", "people"}));
  using Lines = std::set<std::string>;
  EXPECT_EQ(only_in(own, whole),
            (Lines{"ExecStart=/home/ann/bin/hikyaku serve --config \"/tmp/x y/hikyaku.toml\"",
                   "User=ann", "Group=people", "ReadWritePaths=\"/tmp/x y/data\"",
                   "ProtectHome=read-only", "PrivateTmp=no"}));
  EXPECT_EQ(only_in(whole, own),
            (Lines{"ExecStart=/usr/local/bin/hikyaku serve --config /etc/hikyaku/hikyaku.toml",
                   "User=hikyaku", "Group=hikyaku", "ReadWritePaths=/var/lib/hikyaku",
                   "StateDirectory=hikyaku", "StateDirectoryMode=0700", "ProtectHome=yes",
                   "PrivateTmp=yes"}));
}

TEST(QuickstartUnit, OddPathsAreQuoted) {
  EXPECT_EQ(unit_word("/srv/mail"), "/srv/mail");
  EXPECT_EQ(unit_word("/srv/a b"), "\"/srv/a b\"");
  EXPECT_EQ(unit_word("/srv/100%"), "/srv/100%%");
  EXPECT_EQ(unit_word("a\"b\\c"), "\"a\\\"b\\\\c\"");
  auto facts = usual();
  facts.config_file = "/srv/$x";
  EXPECT_TRUE(lines_of(unit_text(facts))
                  .contains("ExecStart=/usr/local/bin/hikyaku serve --config /srv/$$x"));
}

}  // namespace
}  // namespace hikyaku::app
