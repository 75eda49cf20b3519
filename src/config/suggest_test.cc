// SPDX-License-Identifier: Apache-2.0
// Goal: a slip of the finger finds its key, and another word finds none.
#include "config/suggest.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace hikyaku::config {
namespace {

TEST(Suggest, DidYouMean) {
  constexpr std::array<std::string_view, 4> kWords = {"hostname", "data", "user", "threads"};
  const std::array<std::pair<std::string_view, std::string_view>, 9> cases = {{
      {"hostnam", "hostname"},
      {"hsotname", "hostname"},
      {"host_name", "hostname"},
      {"Hostname", "hostname"},
      {"dta", "data"},
      {"thread", "threads"},
      {"port", ""},
      {"completely_different", ""},
      {"", ""},
  }};
  for (const auto& [word, meant] : cases) EXPECT_EQ(did_you_mean(word, kWords), meant) << word;
  EXPECT_EQ(did_you_mean(std::string(100'000, 'x'), kWords), "");
}

}  // namespace
}  // namespace hikyaku::config
