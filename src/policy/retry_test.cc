// SPDX-License-Identifier: Apache-2.0
// Goal: retries come as the plan says, spread by the jitter, and end with the lifetime.
#include "policy/retry.h"

#include <gtest/gtest.h>

namespace hikyaku::policy {
namespace {

using std::chrono::minutes;

constexpr UnixTime kFirst{std::chrono::hours(24 * 365 * 50)};
constexpr double kMiddle = 0.5;  // no jitter

TEST(RetryPlan, Steps) {
  const RetryPlan plan;
  UnixTime now = kFirst;
  for (const int wait : {1, 2, 5, 10, 20, 30, 60, 60, 60}) {
    static std::uint32_t attempts = 0;
    ++attempts;
    const UnixTime next = plan.next_attempt(kFirst, attempts, now, kMiddle);
    EXPECT_EQ(next - now, minutes(wait)) << attempts;
    now = next;
  }
}

TEST(RetryPlan, JitterGoesToBothSides) {
  const RetryPlan plan;
  EXPECT_EQ(plan.next_attempt(kFirst, 4, kFirst, 0.0) - kFirst, minutes(9));
  EXPECT_EQ(plan.next_attempt(kFirst, 4, kFirst, 1.0) - kFirst, minutes(11));
}

TEST(RetryPlan, LastAttemptAtTheEnd) {
  const RetryPlan plan;
  const UnixTime end = plan.expires(kFirst);
  EXPECT_EQ(plan.next_attempt(kFirst, 100, end - minutes(10), kMiddle), end);
  EXPECT_FALSE(plan.expired(kFirst, end - minutes(1)));
  EXPECT_TRUE(plan.expired(kFirst, end));
  EXPECT_GT(plan.next_attempt(kFirst, 100, end, kMiddle), end) << "never in the past";
}

// A whole life: about 5 days, some 120 attempts, and it ends.
TEST(RetryPlan, WholeLife) {
  const RetryPlan plan;
  UnixTime now = kFirst;
  std::uint32_t attempts = 1;
  while (!plan.expired(kFirst, now)) {
    const UnixTime next = plan.next_attempt(kFirst, attempts, now, 0.3);
    ASSERT_GT(next, now);
    now = next;
    ++attempts;
  }
  EXPECT_EQ(now, plan.expires(kFirst));
  EXPECT_GT(attempts, 100U);
  EXPECT_LT(attempts, 150U);
}

TEST(RetryPlan, WarningIsDueAfterFourHours) {
  const RetryPlan plan;
  EXPECT_FALSE(plan.warning_due(kFirst, kFirst + minutes(239)));
  EXPECT_TRUE(plan.warning_due(kFirst, kFirst + minutes(240)));
  EXPECT_FALSE(plan.warning_due(kFirst, plan.expires(kFirst))) << "then it is a failure";
}

}  // namespace
}  // namespace hikyaku::policy
