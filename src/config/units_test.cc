// SPDX-License-Identifier: Apache-2.0
// Goal: sizes and times are read exactly or not at all, and print(parse(x)) reads as the same.
#include "config/units.h"

#include <gtest/gtest.h>

namespace hikyaku::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Units, Sizes) {
  const std::vector<std::pair<std::string_view, std::optional<Size>>> cases = {
      {"0B", Size{0}},
      {"1B", Size{1}},
      {"500kB", Size{500'000}},
      {"50MiB", Size{50ULL << 20}},
      {"50 MiB", Size{50ULL << 20}},
      {"2GiB", Size{2ULL << 30}},
      {"1TB", Size{1'000'000'000'000}},
      {"", std::nullopt},
      {"MiB", std::nullopt},
      {"50", std::nullopt},
      {"50mib", std::nullopt},
      {"50MiB ", std::nullopt},
      {"50MiB1B", std::nullopt},
      {"1.5GiB", std::nullopt},
      {"-1B", std::nullopt},
      {"50  MiB", std::nullopt},
      {"99999999999999999999B", std::nullopt},
      {"9999999999TiB", std::nullopt},
      {"4194304TiB", Size{1ULL << 62}},
      {"4194305TiB", std::nullopt},
  };
  for (const auto& [text, size] : cases) EXPECT_EQ(parse_size(text), size) << text;
}

TEST(Units, Times) {
  const std::vector<std::pair<std::string_view, std::optional<Duration>>> cases = {
      {"0s", seconds(0)},
      {"250ms", milliseconds(250)},
      {"30s", seconds(30)},
      {"1h30m", seconds(5400)},
      {"1h 30m", seconds(5400)},
      {"5d", hours(120)},
      {"2w", hours(336)},
      {"1d2h3m4s5ms", hours(26) + seconds(184) + milliseconds(5)},
      {"", std::nullopt},
      {"30", std::nullopt},
      {"s", std::nullopt},
      {"30m1h", std::nullopt},
      {"1h1h", std::nullopt},
      {"1y", std::nullopt},
      {"-1s", std::nullopt},
      {"1s ", std::nullopt},
      {"99999999999999999999s", std::nullopt},
      {"36600d", hours(24) * 36600},
      {"36601d", std::nullopt},
  };
  for (const auto& [text, time] : cases) EXPECT_EQ(parse_duration(text), time) << text;
}

TEST(Units, PrintReadsBack) {
  for (const std::uint64_t octets : {0ULL, 1ULL, 999ULL, 1000ULL, 1024ULL, 1536ULL, 50ULL << 20,
                                     1'000'000'000ULL, (1ULL << 40) + 1}) {
    EXPECT_EQ(parse_size(print_size({octets})), Size{octets}) << print_size({octets});
  }
  for (const std::int64_t ms :
       {0LL, 1LL, 999LL, 1000LL, 90'000LL, 3'600'000LL, 432'000'000LL, 987'654'321LL}) {
    const Duration time = milliseconds(ms);
    EXPECT_EQ(parse_duration(print_duration(time)), time) << print_duration(time);
  }
  EXPECT_EQ(print_size({50ULL << 20}), "50MiB");
  EXPECT_EQ(print_size({2'000'000}), "2MB");
  EXPECT_EQ(print_duration(seconds(90)), "1m30s");
  EXPECT_EQ(print_duration(hours(240)), "10d");
}

}  // namespace
}  // namespace hikyaku::config
