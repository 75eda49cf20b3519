// SPDX-License-Identifier: Apache-2.0
// Goal: what is due is taken once; sites take turns within their limits, and so do senders within a
// site; a site in trouble is left alone, and what it held comes when it is back; changes that come
// while an item is taken are not lost.
#include "service/delivery/schedule.h"

#include <gtest/gtest.h>

namespace hikyaku::delivery {
namespace {

using Job = Schedule::Job;
using Feedback = Schedule::Feedback;
using Pick = Schedule::Pick;
constexpr double kMiddle = 0.5;  // no jitter

UnixTime at(int seconds) { return UnixTime(std::chrono::seconds(seconds)); }
queue::Due due(int seconds, std::uint64_t id, const char* destination,
               const char* sender = "ann@here.example") {
  return {at(seconds), QueueId(id), destination, queue::sender_key(sender)};
}

Schedule::Limits limits(std::size_t per_site, std::size_t taken_max = 200) {
  Schedule::Limits out;
  out.pace.start = out.pace.most = per_site;
  out.pace.rests = {std::chrono::seconds(60)};
  out.pace.jitter = 0;
  out.taken_max = taken_max;
  return out;
}

/// "a.big.example" and "b.big.example" lead to "mx.big.example", all others to themselves.
Way way(const std::string& destination) {
  if (destination.ends_with(".big.example")) return {"mx.big.example", 7};
  return {destination, 1};
}

/// The next that is no look-up; those are answered.
std::optional<Pick> take(Schedule& schedule, int now) {
  for (;;) {
    auto pick = schedule.take(at(now));
    if (!pick || pick->job != Job::kRoute) return pick;
    schedule.routed(pick->due.destination, way(pick->due.destination), at(now));
  }
}

std::vector<std::uint64_t> take_all(Schedule& schedule, int now) {
  std::vector<std::uint64_t> out;
  while (const auto pick = take(schedule, now)) out.push_back(pick->due.id.value);
  return out;
}

using Ids = std::vector<std::uint64_t>;

TEST(Schedule, TakesWhatIsDueAndNoMore) {
  Schedule schedule(limits(10));
  schedule.add(due(5, 1, "a.example"));
  schedule.add(due(9, 2, "a.example"));
  EXPECT_EQ(schedule.next_due(), at(5));
  EXPECT_EQ(take_all(schedule, 4), Ids{});
  EXPECT_EQ(take_all(schedule, 5), Ids{1});
  EXPECT_EQ(schedule.next_due(), at(9));
}

TEST(Schedule, ADestinationIsLookedUpOnceForAll) {
  Schedule schedule(limits(10));
  for (std::uint64_t id = 1; id <= 3; ++id) schedule.add(due(0, id, "a.big.example"));
  const auto route = schedule.take(at(0));
  ASSERT_TRUE(route && route->job == Job::kRoute);
  EXPECT_EQ(route->due.destination, "a.big.example");
  EXPECT_FALSE(schedule.take(at(0)));
  schedule.routed("a.big.example", way("a.big.example"), at(0));
  const auto pick = schedule.take(at(0));
  ASSERT_TRUE(pick && pick->job == Job::kDeliver);
  EXPECT_EQ(pick->site->name, "mx.big.example");
  EXPECT_EQ(pick->order, 7U);
  // The way is known for a while, then it is looked up again.
  schedule.add(due(100, 4, "a.big.example"));
  EXPECT_EQ(take_all(schedule, 0), (Ids{2, 3}));
  EXPECT_EQ(schedule.take(at(100))->job, Job::kDeliver);
  schedule.add(due(400, 5, "a.big.example"));
  EXPECT_EQ(schedule.take(at(400))->job, Job::kRoute);
}

TEST(Schedule, LooksUpSoManyAtATime) {
  auto few = limits(10);
  few.routing_max = 1;
  Schedule schedule(few);
  schedule.add(due(0, 1, "a.example"));
  schedule.add(due(0, 2, "b.example"));
  ASSERT_TRUE(schedule.take(at(0)));
  EXPECT_FALSE(schedule.take(at(0)));
  schedule.routed("a.example", way("a.example"), at(0));
  EXPECT_EQ(schedule.take(at(0))->due.destination, "b.example");
}

TEST(Schedule, DestinationsOfOneSiteShareItsLimit) {
  Schedule schedule(limits(2));
  schedule.add(due(0, 1, "a.big.example"));
  schedule.add(due(0, 2, "b.big.example"));
  schedule.add(due(0, 3, "c.big.example"));
  EXPECT_EQ(take_all(schedule, 0), (Ids{1, 2}));
}

TEST(Schedule, SitesTakeTurns) {
  Schedule schedule(limits(10));
  for (std::uint64_t id = 1; id <= 3; ++id) schedule.add(due(0, id, "bulk.example"));
  schedule.add(due(1, 4, "other.example"));
  ASSERT_EQ(schedule.take(at(2))->job, Job::kRoute);
  ASSERT_EQ(schedule.take(at(2))->job, Job::kRoute);
  for (const char* name : {"bulk.example", "other.example"})
    schedule.routed(name, way(name), at(2));
  EXPECT_EQ(take_all(schedule, 2), (Ids{1, 4, 2, 3}));
}

TEST(Schedule, SendersTakeTurnsWithinASite) {
  Schedule schedule(limits(1));
  for (std::uint64_t id = 1; id <= 100; ++id)
    schedule.add(due(0, id, "a.example", ("bulk+" + std::to_string(id) + "@list.example").c_str()));
  for (std::uint64_t id = 101; id <= 200; ++id)  // a name for each message
    schedule.add(due(0, id, "a.example", ("b" + std::to_string(id) + "@list.example").c_str()));
  schedule.add(due(0, 1000, "a.example", "ann@here.example"));
  schedule.add(due(0, 1001, "a.example", "ben@here.example"));
  schedule.add(due(0, 1002, "a.example", "ann@here.example"));
  Ids order;
  for (int i = 0; i < 6; ++i) {
    const auto pick = take(schedule, 0);
    ASSERT_TRUE(pick);
    order.push_back(pick->due.id.value);
    schedule.forget(pick->due.id);
    schedule.give_back(*pick, at(0));
  }
  std::erase_if(order, [](std::uint64_t id) { return id < 1000; });
  EXPECT_EQ(order.size(), 3U);  // each second turn
  EXPECT_TRUE(std::ranges::find(order, 1000) < std::ranges::find(order, 1002));
  EXPECT_EQ(std::ranges::count(order, 1001), 1);
}

TEST(Schedule, ASiteHasItsLimit) {
  Schedule schedule(limits(2));
  for (std::uint64_t id = 1; id <= 3; ++id) schedule.add(due(0, id, "a.example"));
  const auto first = take(schedule, 0);
  EXPECT_EQ(take_all(schedule, 0), Ids{2});
  schedule.forget(QueueId(1));
  schedule.give_back(*first, at(0));
  EXPECT_EQ(take_all(schedule, 0), Ids{3});
  EXPECT_EQ(schedule.size(), 2U);
}

TEST(Schedule, AConnectionGoesOnUnlessOthersWaitForRoom) {
  auto tight = limits(5, 1);
  tight.in_a_row_max = 2;
  Schedule schedule(tight);
  for (std::uint64_t id = 1; id <= 5; ++id) schedule.add(due(0, id, "a.example"));
  auto pick = take(schedule, 0);
  const auto over = [&] {
    schedule.forget(pick->due.id);
    schedule.give_back(*pick, at(0));
  };
  over();
  pick = schedule.take_more(*pick->site, 3, at(0));
  ASSERT_TRUE(pick);  // nobody else waits
  EXPECT_EQ(pick->due.id, QueueId(2));
  EXPECT_FALSE(schedule.take_more(*pick->site, 1, at(0)));  // no room
  schedule.add(due(0, 9, "b.example"));
  EXPECT_FALSE(take(schedule, 0));
  over();
  pick = schedule.take_more(*pick->site, 1, at(0));
  ASSERT_TRUE(pick);  // it has not had its share yet
  over();
  EXPECT_FALSE(schedule.take_more(*pick->site, 2, at(0)));
  Ids next;
  for (int i = 0; i < 2; ++i) {
    pick = take(schedule, 0);
    next.push_back(pick->due.id.value);
    over();
  }
  EXPECT_EQ(std::ranges::count(next, 9), 1);
}

TEST(Schedule, AnItemThatIsGivenBackWithoutWordIsGone) {
  Schedule schedule(limits(2));
  schedule.add(due(0, 1, "a.example"));
  schedule.give_back(*take(schedule, 0), at(0));
  EXPECT_EQ(schedule.size(), 0U);
}

TEST(Schedule, ANewTimeThatComesWhileTakenHolds) {
  Schedule schedule(limits(2));
  schedule.add(due(0, 1, "a.example"));
  const auto pick = take(schedule, 0);
  schedule.add(due(60, 1, "a.example"));
  EXPECT_FALSE(take(schedule, 100));
  schedule.give_back(*pick, at(0));
  EXPECT_EQ(schedule.next_due(), at(60));
  EXPECT_EQ(take_all(schedule, 60), Ids{1});
}

TEST(Schedule, ForgetsInEveryPlace) {
  Schedule schedule(limits(1));
  schedule.add(due(0, 1, "a.example"));
  schedule.add(due(0, 2, "a.example"));
  schedule.add(due(50, 3, "a.example"));
  const auto pick = take(schedule, 0);  // 1 is taken, 2 due, 3 waits
  schedule.add(due(0, 4, "b.example"));
  ASSERT_EQ(schedule.take(at(0))->job, Job::kRoute);  // 4 waits for its way
  for (const std::uint64_t id : {4U, 3U, 2U, 1U}) schedule.forget(QueueId(id));
  schedule.routed("b.example", way("b.example"), at(0));
  schedule.give_back(*pick, at(0));
  EXPECT_EQ(schedule.size(), 0U);
  EXPECT_FALSE(take(schedule, 100));
  EXPECT_FALSE(schedule.next_due());
}

TEST(Schedule, WhatIsHurriedComesNow) {
  Schedule schedule(limits(5));
  schedule.add(due(500, 1, "a.example"));
  schedule.add(due(501, 2, "a.example"));
  schedule.add(due(502, 3, "b.example"));
  EXPECT_EQ(schedule.hurry(QueueId(2), at(1)), 1U);
  EXPECT_EQ(schedule.hurry(QueueId(77), at(1)), 0U);
  const auto pick = take(schedule, 1);
  EXPECT_EQ(pick->due.id, QueueId(2));
  EXPECT_TRUE(pick->hurried);
  EXPECT_EQ(schedule.hurry(QueueId(2), at(1)), 0U);  // it is taken
  EXPECT_EQ(schedule.hurry_all("b.example", at(1)), 1U);
  EXPECT_EQ(take_all(schedule, 1), Ids{3});
  EXPECT_EQ(schedule.hurry_all("", at(1)), 1U);
  EXPECT_EQ(take_all(schedule, 1), Ids{1});
}

/// Takes one and says what came of it: due again at `again`, held by its site.
void fail(Schedule& schedule, int now, int again) {
  const auto pick = take(schedule, now);
  ASSERT_TRUE(pick);
  auto later = pick->due;
  later.due = at(again);
  schedule.add(later);
  schedule.learn(*pick->site, {Feedback::kFailed, "refused", "mx"}, at(now), kMiddle);
  schedule.give_back(*pick, at(now), Schedule::Left::kHeld);
}

TEST(Schedule, ASiteThatIsDownPutsOffAndComesBackWithAll) {
  Schedule schedule(limits(1));
  for (std::uint64_t id = 1; id <= 4; ++id) schedule.add(due(0, id, "a.example"));
  fail(schedule, 0, 600);
  // It rests until 60: the others are put off without an attempt, several at a time.
  std::vector<Pick> put_off;
  while (auto pick = take(schedule, 1)) {
    EXPECT_EQ(pick->job, Job::kDefer);
    EXPECT_EQ(pick->site->last_error, "refused");
    put_off.push_back(*std::move(pick));
  }
  ASSERT_EQ(put_off.size(), 3U);
  for (const auto& pick : put_off) {
    auto later = pick.due;
    later.due = pick.site->health.rests_until();
    schedule.add(later);
    schedule.give_back(pick, at(1), Schedule::Left::kHeld);
  }
  EXPECT_EQ(schedule.next_due(), at(60));
  // One tries; the others wait for what it finds.
  const auto trial = take(schedule, 60);
  ASSERT_TRUE(trial && trial->job == Job::kDeliver);
  EXPECT_FALSE(take(schedule, 60));
  EXPECT_TRUE(schedule.learn(*trial->site, {Feedback::kAnswered, {}, {}}, at(60), kMiddle));
  schedule.forget(trial->due.id);
  schedule.give_back(*trial, at(60));
  // Also the one whose own time would come at 600 only.
  Ids rest;
  while (auto pick = take(schedule, 61)) {
    rest.push_back(pick->due.id.value);
    schedule.forget(pick->due.id);
    schedule.give_back(*pick, at(61));
  }
  std::ranges::sort(rest);
  EXPECT_EQ(rest, (Ids{1, 3, 4}));
}

TEST(Schedule, WhatIsPutOffWhileTheSiteComesBackIsNotHeld) {
  Schedule schedule(limits(2));
  for (std::uint64_t id = 1; id <= 3; ++id) schedule.add(due(0, id, "a.example"));
  const auto slow = take(schedule, 0);  // still talks when others fail
  fail(schedule, 0, 600);
  const auto put_off = take(schedule, 0);
  ASSERT_TRUE(put_off && put_off->job == Job::kDefer);
  EXPECT_TRUE(schedule.learn(*slow->site, {Feedback::kAnswered, {}, {}}, at(1), kMiddle));
  auto later = put_off->due;
  later.due = at(60);
  schedule.add(later);
  schedule.give_back(*put_off, at(1), Schedule::Left::kHeld);
  EXPECT_EQ(take_all(schedule, 1).size(), 1U);
  schedule.give_back(*slow, at(1));
  EXPECT_EQ(take_all(schedule, 1).size(), 1U);
}

TEST(Schedule, OtherSitesGoOnWhileOneRests) {
  Schedule schedule(limits(1));
  schedule.add(due(0, 1, "a.example"));
  fail(schedule, 0, 600);
  schedule.add(due(0, 2, "b.example"));
  EXPECT_EQ(take_all(schedule, 0), Ids{2});
}

TEST(Schedule, AHurryAndAResetEndARest) {
  Schedule schedule(limits(1));
  schedule.add(due(0, 1, "a.example"));
  fail(schedule, 0, 600);
  EXPECT_FALSE(take(schedule, 1));
  schedule.reset(schedule.find_site("a.example"), at(1));
  EXPECT_EQ(take(schedule, 1)->due.id, QueueId(1));
  Schedule other(limits(1));
  other.add(due(0, 1, "a.big.example"));
  fail(other, 0, 600);
  EXPECT_EQ(other.hurry_all("a.big.example", at(1)), 1U);
  const auto pick = take(other, 1);
  EXPECT_EQ(pick->job, Job::kDeliver);
  EXPECT_EQ(other.find_site("a.big.example"), pick->site);
  EXPECT_EQ(other.find_site("elsewhere.example"), nullptr);
}

TEST(Schedule, ForgettingAHeldItemLetsItGo) {
  Schedule schedule(limits(1));
  schedule.add(due(0, 1, "a.example"));
  fail(schedule, 0, 600);
  schedule.forget(QueueId(1));
  schedule.reset(nullptr, at(1));
  EXPECT_EQ(schedule.size(), 0U);
  EXPECT_FALSE(take(schedule, 1000));
}

TEST(Schedule, AFullSiteGetsAsManyAsItTakes) {
  Schedule schedule(limits(5));
  for (std::uint64_t id = 1; id <= 9; ++id) schedule.add(due(0, id, "a.example"));
  std::vector<Pick> picks;
  while (auto pick = take(schedule, 0)) picks.push_back(*pick);
  ASSERT_EQ(picks.size(), 5U);
  schedule.learn(*picks[4].site, {Feedback::kFull, "too many", "mx"}, at(0), kMiddle);
  schedule.add(picks[4].due);
  schedule.give_back(picks[4], at(0), Schedule::Left::kUntouched);
  EXPECT_FALSE(take(schedule, 0));
  schedule.give_back(picks[0], at(0));
  std::vector<Pick> next;
  while (auto pick = take(schedule, 0)) {
    next.push_back(*pick);
    schedule.give_back(*pick, at(0));
  }
  // What was refused is as urgent as before: its due time in the store may be another one.
  EXPECT_TRUE(std::ranges::any_of(
      next, [&](const Pick& pick) { return pick.due.id == picks[4].due.id && pick.hurried; }));
}

TEST(Schedule, WhatIsDoneHereNeedsNoWay) {
  Schedule schedule(limits(5));
  schedule.add(due(0, 1, queue::kLocalDestination.data()));
  schedule.add(due(0, 2, queue::kReportDestination.data()));
  EXPECT_EQ(schedule.take(at(0))->job, Job::kDeliver);
  EXPECT_EQ(schedule.take(at(0))->job, Job::kDeliver);
}

TEST(Schedule, AWayThatChangesLeadsElsewhere) {
  Schedule schedule(limits(1));
  schedule.add(due(0, 1, "a.example"));
  schedule.add(due(0, 2, "a.example"));
  const auto first = take(schedule, 0);  // 2 is due at the site of before
  schedule.add(due(400, 3, "a.example"));
  ASSERT_EQ(schedule.take(at(400))->job, Job::kRoute);
  schedule.routed("a.example", {"new.example", 5}, at(400));
  const auto elsewhere = schedule.take(at(400));
  ASSERT_TRUE(elsewhere);
  EXPECT_EQ(elsewhere->site->name, "new.example");
  schedule.give_back(*first, at(400));
  const auto second = schedule.take(at(400));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->site->name, "a.example");
  schedule.give_back(*second, at(400));
  schedule.give_back(*elsewhere, at(400));
}

TEST(Schedule, ShowsAndPrunesSites) {
  Schedule schedule(limits(1));
  for (std::uint64_t id = 1; id <= 7; ++id)
    schedule.add(
        due(0, id, (std::string(1, static_cast<char>('a' + id)) + ".big.example").c_str()));
  schedule.add(due(0, 9, "b.example"));
  auto pick = take(schedule, 0);
  auto views = schedule.view(at(0));
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(views[0].name, "mx.big.example");
  EXPECT_EQ(views[0].waiting, 7U);
  EXPECT_EQ(views[0].destination_count, 7U);
  EXPECT_EQ(views[0].destinations.size(), 5U);
  EXPECT_EQ(views[0].under_way, 1U);
  EXPECT_EQ(views[0].state, SiteView::State::kOpen);
  schedule.learn(*pick->site, {Feedback::kTooMuch, "421 slow", "mx"}, at(0), kMiddle);
  views = schedule.view(at(0));
  EXPECT_EQ(views[0].state, SiteView::State::kTooMuch);
  EXPECT_EQ(views[0].rests_until, at(60));
  EXPECT_EQ(views[0].last_error, "421 slow");
  for (std::uint64_t id = 1; id <= 9; ++id) schedule.forget(QueueId(id));
  schedule.give_back(*pick, at(0));
  EXPECT_FALSE(take(schedule, 1));
  schedule.prune(at(3600));
  EXPECT_TRUE(schedule.view(at(3600)).empty());
  EXPECT_EQ(schedule.find_site("mx.big.example"), nullptr);
}

}  // namespace
}  // namespace hikyaku::delivery
