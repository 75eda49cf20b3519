// SPDX-License-Identifier: Apache-2.0
// Goal: tracking numbers differ, sort by time, and survive a telephone.
#include "record/trail/number.h"

#include <gtest/gtest.h>

#include <set>

#include "record/trail/tracking.h"

namespace hikyaku::trail {
namespace {

using std::chrono::milliseconds;

constexpr UnixTime kNoon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 14} +
                           std::chrono::hours(12) + std::chrono::microseconds(123'456);

TEST(Number, ManyOfOneMillisecondDiffer) {
  const ManualClock clock(kNoon);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(next_number(clock));
  EXPECT_EQ(seen.size(), 10'000U);
}

TEST(Number, KeepsItsTimeToTheMillisecond) {
  const ManualClock clock(kNoon);
  EXPECT_EQ(time_of(next_tracking(clock)), std::chrono::floor<milliseconds>(kNoon));
}

TEST(Number, LaterIsGreater) {
  ManualClock clock(kNoon);
  for (int i = 0; i < 1'000; ++i) {
    const auto before = next_number(clock);
    EXPECT_GE(before, first_number(clock.now()));
    clock.advance(milliseconds(1));
    EXPECT_LT(before, first_number(clock.now()));
    EXPECT_LT(before, next_number(clock));
  }
}

TEST(Number, IsNeverZeroBefore2020) {
  const ManualClock clock(UnixTime{});
  EXPECT_EQ(first_number(UnixTime{}), 0U);
  EXPECT_NE(next_number(clock), 0U);
}

TEST(Number, TextComesBack) {
  for (const std::uint64_t number :
       {std::uint64_t{1}, std::uint64_t{31}, std::uint64_t{32}, std::uint64_t{1} << 63,
        ~std::uint64_t{0}, std::uint64_t{0x0123456789abcdef}}) {
    const auto text = number_text(number);
    EXPECT_EQ(text.size(), 13U);
    EXPECT_EQ(parse_number(text), number) << text;
  }
  EXPECT_EQ(number_text(~std::uint64_t{0}), "FZZZZZZZZZZZZ");
}

TEST(Number, TextSortsAsTheNumber) {
  EXPECT_LT(number_text(31), number_text(32));
  EXPECT_LT(number_text(0x7fffffffffffffff), number_text(0x8000000000000000));
}

TEST(Number, ReadsWhatPeopleWrite) {
  struct Case {
    const char* text;
    std::optional<std::uint64_t> number;
  };
  for (const auto& [text, number] : {
           Case{"0000000000011", 33},
           Case{"00000000000il", 33},
           Case{"OOOOOoooooo1L", 33},
           Case{"000000000000z", 31},
           Case{"0000000000000", std::nullopt},   // none
           Case{"000000000001", std::nullopt},    // short
           Case{"00000000000011", std::nullopt},  // long
           Case{"G000000000000", std::nullopt},   // over 64 bits
           Case{"000000000000U", std::nullopt},
           Case{"0000000000-11", std::nullopt},
           Case{"", std::nullopt},
       })
    EXPECT_EQ(parse_number(text), number) << text;
}

}  // namespace
}  // namespace hikyaku::trail
