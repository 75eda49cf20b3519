// SPDX-License-Identifier: Apache-2.0
// Goal: what is due is taken once, destinations take turns within their limit, and changes that
// come while an item is taken are not lost.
#include "service/delivery/schedule.h"

#include <gtest/gtest.h>

namespace hikyaku::delivery {
namespace {

UnixTime at(int seconds) { return UnixTime(std::chrono::seconds(seconds)); }
queue::Due due(int seconds, std::uint64_t id, const char* destination) {
  return {at(seconds), QueueId(id), destination};
}

std::vector<std::uint64_t> take_all(Schedule& schedule, int now) {
  std::vector<std::uint64_t> out;
  while (const auto item = schedule.take(at(now))) out.push_back(item->id.value);
  return out;
}

TEST(Schedule, TakesWhatIsDueAndNoMore) {
  Schedule schedule(10);
  schedule.add(due(5, 1, "a.example"));
  schedule.add(due(9, 2, "a.example"));
  EXPECT_EQ(schedule.next_due(), at(5));
  EXPECT_EQ(take_all(schedule, 4), std::vector<std::uint64_t>{});
  EXPECT_EQ(take_all(schedule, 5), std::vector<std::uint64_t>{1});
  EXPECT_EQ(schedule.next_due(), at(9));
}

TEST(Schedule, DestinationsTakeTurns) {
  Schedule schedule(10);
  for (std::uint64_t id = 1; id <= 3; ++id) schedule.add(due(0, id, "bulk.example"));
  schedule.add(due(1, 4, "other.example"));
  EXPECT_EQ(take_all(schedule, 2), (std::vector<std::uint64_t>{1, 4, 2, 3}));
}

TEST(Schedule, ADestinationHasItsLimit) {
  Schedule schedule(2);
  for (std::uint64_t id = 1; id <= 3; ++id) schedule.add(due(0, id, "a.example"));
  EXPECT_EQ(take_all(schedule, 0), (std::vector<std::uint64_t>{1, 2}));
  schedule.forget(QueueId(1));
  schedule.give_back(QueueId(1));
  EXPECT_EQ(take_all(schedule, 0), (std::vector<std::uint64_t>{3}));
  EXPECT_EQ(schedule.size(), 2U);
}

TEST(Schedule, AnItemThatIsGivenBackWithoutWordIsGone) {
  Schedule schedule(2);
  schedule.add(due(0, 1, "a.example"));
  ASSERT_TRUE(schedule.take(at(0)));
  schedule.give_back(QueueId(1));
  EXPECT_EQ(schedule.size(), 0U);
}

TEST(Schedule, ANewTimeThatComesWhileTakenHolds) {
  Schedule schedule(2);
  schedule.add(due(0, 1, "a.example"));
  ASSERT_TRUE(schedule.take(at(0)));
  schedule.add(due(60, 1, "a.example"));
  EXPECT_FALSE(schedule.take(at(100)));
  schedule.give_back(QueueId(1));
  EXPECT_EQ(schedule.next_due(), at(60));
  EXPECT_EQ(take_all(schedule, 60), std::vector<std::uint64_t>{1});
}

TEST(Schedule, ForgetsInEveryPlace) {
  Schedule schedule(1);
  schedule.add(due(0, 1, "a.example"));
  schedule.add(due(0, 2, "a.example"));
  schedule.add(due(50, 3, "a.example"));
  ASSERT_TRUE(schedule.take(at(0)));  // 1 is taken, 2 due, 3 waits
  for (const std::uint64_t id : {3U, 2U, 1U}) schedule.forget(QueueId(id));
  schedule.give_back(QueueId(1));
  EXPECT_EQ(schedule.size(), 0U);
  EXPECT_FALSE(schedule.take(at(100)));
  EXPECT_FALSE(schedule.next_due());
}

TEST(Schedule, RetryNowBringsAWaitingItemForward) {
  Schedule schedule(1);
  schedule.add(due(500, 1, "a.example"));
  schedule.add(due(1, 1, "a.example"));
  EXPECT_EQ(take_all(schedule, 1), std::vector<std::uint64_t>{1});
}

}  // namespace
}  // namespace hikyaku::delivery
