// SPDX-License-Identifier: Apache-2.0
// Goal: a site gets more at a time while it answers, less when it fails, nothing while it is down
// or has asked for a pause, and all of it back when it answers again.
#include "policy/site_health.h"

#include <gtest/gtest.h>

namespace hikyaku::policy {
namespace {

using State = SiteHealth::State;
constexpr double kNoJitter = 0.5;

UnixTime at(int seconds) { return UnixTime(std::chrono::seconds(seconds)); }

SitePace pace(std::size_t start = 5, std::size_t most = 20) {
  SitePace out;
  out.start = start;
  out.most = most;
  out.rests = {std::chrono::seconds(60), std::chrono::seconds(120)};
  return out;
}

TEST(SiteHealth, EachWindowOfAnswersMakesRoomForOneMore) {
  SiteHealth health(pace());
  EXPECT_EQ(health.window(at(0)), 5U);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(health.answered(pace(), at(0)));
  EXPECT_EQ(health.window(at(0)), 5U);  // 5 + 1/5 + 1/5.2 ...: a little less than 6
  EXPECT_FALSE(health.answered(pace(), at(0)));
  EXPECT_EQ(health.window(at(0)), 6U);
  for (int i = 0; i < 1000; ++i) health.answered(pace(), at(0));
  EXPECT_EQ(health.window(at(0)), 20U);
}

TEST(SiteHealth, TheStartIsNeverMoreThanTheMost) {
  EXPECT_EQ(SiteHealth(pace(5, 2)).window(at(0)), 2U);
  SiteHealth health(pace(5, 2));
  for (int i = 0; i < 9; ++i) health.failed(pace(5, 2), at(0), kNoJitter);
  health.answered(pace(5, 2), at(60));
  EXPECT_EQ(health.window(at(60)), 2U);
}

TEST(SiteHealth, OneFailureTakesOneAwayAndAnAnswerForgivesTheRow) {
  SiteHealth health(pace());
  for (int i = 0; i < 10; ++i) {
    health.failed(pace(), at(0), kNoJitter);
    EXPECT_EQ(health.failures_in_a_row(), 1U);
    EXPECT_FALSE(health.answered(pace(), at(0)));
    // A window of 1 has no failure to spare.
    if (health.window(at(0)) <= 2) break;
    EXPECT_EQ(health.state(at(0)), State::kOpen);
  }
  EXPECT_LE(health.window(at(0)), 2U);
}

TEST(SiteHealth, FailuresInARowAreASiteThatIsDown) {
  SiteHealth health(pace());
  health.failed(pace(), at(0), kNoJitter);  // 4 are left, and 1 has failed
  health.failed(pace(), at(0), kNoJitter);  // 3 and 2
  EXPECT_EQ(health.state(at(0)), State::kOpen);
  health.failed(pace(), at(0), kNoJitter);  // 2 and 3
  EXPECT_EQ(health.state(at(0)), State::kResting);
  EXPECT_EQ(health.why(), SiteHealth::Why::kDown);
  EXPECT_EQ(health.window(at(59)), 0U);
  EXPECT_EQ(health.rests_until(), at(60));
  health.failed(pace(), at(30), kNoJitter);  // one that was on its way changes nothing
  EXPECT_EQ(health.rests_until(), at(60));
  EXPECT_EQ(health.state(at(60)), State::kTrying);
  EXPECT_EQ(health.window(at(60)), 1U);
}

TEST(SiteHealth, RestsGrowUntilAnAnswerComes) {
  SiteHealth health(pace(1));
  health.failed(pace(1), at(0), kNoJitter);
  EXPECT_EQ(health.rests_until(), at(60));
  health.failed(pace(1), at(61), kNoJitter);
  EXPECT_EQ(health.rests_until(), at(61 + 120));
  health.failed(pace(1), at(200), kNoJitter);
  EXPECT_EQ(health.rests_until(), at(200 + 120));  // the last one again
  EXPECT_TRUE(health.answered(pace(1), at(321)));
  EXPECT_FALSE(health.answered(pace(1), at(321)));
  EXPECT_EQ(health.state(at(321)), State::kOpen);
  health.failed(pace(1), at(400), kNoJitter);
  EXPECT_EQ(health.rests_until(), at(460));  // from the first one on
}

TEST(SiteHealth, JitterSpreadsRests) {
  SiteHealth low(pace(1)), high(pace(1));
  low.failed(pace(1), at(0), 0);
  high.failed(pace(1), at(0), 1);
  EXPECT_EQ(low.rests_until(), at(54));
  EXPECT_EQ(high.rests_until(), at(66));
}

TEST(SiteHealth, ALateAnswerEndsTheRestOfASiteThatSeemedDown) {
  SiteHealth health(pace(1));
  health.failed(pace(1), at(0), kNoJitter);
  EXPECT_TRUE(health.answered(pace(1), at(10)));
  EXPECT_EQ(health.window(at(10)), 1U);
}

TEST(SiteHealth, TooMuchRestsAndHalves) {
  SiteHealth health(pace());
  for (int i = 0; i < 1000; ++i) health.answered(pace(), at(0));
  ASSERT_EQ(health.window(at(0)), 20U);
  health.too_much(pace(), at(0), kNoJitter);
  EXPECT_EQ(health.state(at(0)), State::kResting);
  EXPECT_EQ(health.why(), SiteHealth::Why::kTooMuch);
  EXPECT_FALSE(health.answered(pace(), at(1)));  // was on its way: the pause holds
  EXPECT_EQ(health.window(at(1)), 0U);
  health.too_much(pace(), at(60), kNoJitter);  // the one that tried is too much, too
  EXPECT_EQ(health.rests_until(), at(180));
  EXPECT_TRUE(health.answered(pace(), at(180)));
  EXPECT_EQ(health.window(at(180)), 5U);
}

TEST(SiteHealth, AfterTroubleItGrowsTenTimesMoreSlowly) {
  SiteHealth health(pace());
  health.full(3);
  EXPECT_EQ(health.window(at(0)), 3U);
  for (int i = 0; i < 30; ++i) health.answered(pace(), at(0));
  EXPECT_EQ(health.window(at(0)), 3U);
  for (int i = 0; i < 10; ++i) health.answered(pace(), at(0));
  EXPECT_EQ(health.window(at(0)), 4U);
}

TEST(SiteHealth, FullNeverMakesMoreRoom) {
  SiteHealth health(pace());
  health.full(50);
  EXPECT_EQ(health.window(at(0)), 5U);
  health.full(0);
  EXPECT_EQ(health.window(at(0)), 1U);
}

TEST(SiteHealth, ResetForgetsAll) {
  SiteHealth health(pace());
  health.too_much(pace(), at(0), kNoJitter);
  health.reset(pace());
  EXPECT_EQ(health.window(at(0)), 5U);
}

}  // namespace
}  // namespace hikyaku::policy
