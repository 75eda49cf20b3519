// SPDX-License-Identifier: Apache-2.0
#include "port/net/pace.h"

#include <gtest/gtest.h>

namespace hikyaku::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const SteadyTime kStart{seconds(1000)};

TEST(Pace, CountsFromTheAnswer) {
  Pace pace;
  pace.answered(kStart);
  EXPECT_EQ(pace.deadline(kStart, minutes(5)), kStart + minutes(5));
  // An octet a second: the end comes no later than its few octets allow.
  SteadyTime now = kStart;
  while (now < pace.deadline(now, minutes(5))) {
    now += seconds(1);
    pace.received(1);
    ASSERT_LT(now, kStart + minutes(6));
  }
  EXPECT_GE(now, kStart + minutes(5));
  pace.answered(now);
  EXPECT_EQ(pace.deadline(now, minutes(5)), now + minutes(5));
}

TEST(Pace, LongInputMayTakeLong) {
  Pace pace;
  pace.answered(kStart);
  SteadyTime now = kStart;
  for (int second = 0; second < 100'000; ++second) {
    now += seconds(1);
    pace.received(Pace::kOctetsPerSecondMin);
    ASSERT_GT(pace.deadline(now, seconds(10)), now);
  }
}

TEST(Pace, WhatCameFastBuysNoLongSilence) {
  Pace pace;
  pace.answered(kStart);
  pace.received(std::size_t{1} << 30);
  EXPECT_EQ(pace.deadline(kStart + seconds(1), minutes(5)), kStart + seconds(1) + minutes(5));
}

TEST(Pace, EachOctetCounts) {
  Pace pace;
  pace.answered(kStart);
  pace.received(Pace::kOctetsPerSecondMin / 2);
  EXPECT_EQ(pace.deadline(kStart + seconds(1), seconds(10)),
            kStart + seconds(10) + milliseconds(500));
}

}  // namespace
}  // namespace hikyaku::net
