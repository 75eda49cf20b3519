// SPDX-License-Identifier: Apache-2.0
// Goal: work comes to its loop in order, sleeps end at their time or at the stop, and blocking work
// returns to the loop that asked for it.
#include "port/net/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "base/task_scope.h"
#include "port/net/pool.h"
#include "port/net/timer.h"

namespace hikyaku::net {
namespace {

using namespace std::chrono_literals;

struct Noted : Work {
  std::vector<int>* out;
  int number;
  Noted(std::vector<int>* o, int n) : out(o), number(n) {
    run = [](Work* self) noexcept {
      auto* noted = static_cast<Noted*>(self);
      noted->out->push_back(noted->number);
    };
  }
};

TEST(Loop, RunsWorkInTheOrderOfItsComing) {
  std::vector<int> order;
  std::vector<std::unique_ptr<Noted>> works;
  for (int i = 0; i < 6; ++i) works.push_back(std::make_unique<Noted>(&order, i));
  auto post_all = [](std::vector<std::unique_ptr<Noted>>* all,
                     const std::vector<int>* done) -> Task<void> {
    Loop& loop = *Loop::current();
    loop.post((*all)[0].get());
    (*all)[1]->next = (*all)[2].get();
    (*all)[2]->next = (*all)[3].get();
    loop.post((*all)[1].get());  // a chain
    loop.post((*all)[4].get());
    loop.post((*all)[5].get());
    while (done->size() < all->size()) co_await sleep_for(1ms, nullptr);
  };
  run_on_loop(post_all(&works, &order));
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5}));
}

TEST(Loop, TakesWorkFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kHops = 2000;
  auto hop = [](Loop* a, Loop* b, int* count) -> Task<void> {
    for (int i = 0; i < kHops; ++i) {
      co_await ResumeOn(*a);
      EXPECT_EQ(Loop::current(), a);
      co_await ResumeOn(*b);
      EXPECT_EQ(Loop::current(), b);
      ++*count;
    }
  };
  LoopPool loops(kThreads);
  loops.start();
  std::vector<int> counts(kThreads, 0);
  TaskScope scope;
  for (std::size_t i = 0; i < kThreads; ++i) {
    scope.spawn_on(loops.loop(i), hop(&loops.loop(i), &loops.loop((i + 1) % kThreads), &counts[i]));
  }
  run_sync(scope.join());
  EXPECT_EQ(counts, std::vector<int>(kThreads, kHops));
}

TEST(Timer, SleepsEndInTheOrderOfTheirTimes) {
  std::vector<int> order;
  auto sleeper = [](int ms, std::vector<int>* out) -> Task<void> {
    const auto until = after(std::chrono::milliseconds(ms));
    EXPECT_TRUE((co_await sleep_until(until, nullptr)).has_value());
    EXPECT_GE(std::chrono::steady_clock::now(), until);
    out->push_back(ms);
  };
  auto all = [](auto sleep, std::vector<int>* out) -> Task<void> {
    TaskScope scope;
    for (const int ms : {15, 5, 10, 0}) scope.spawn(sleep(ms, out));
    co_await scope.join();
  };
  run_on_loop(all(sleeper, &order));
  EXPECT_EQ(order, (std::vector<int>{0, 5, 10, 15}));
}

TEST(Timer, AStopWakesSleepersFromAnotherThread) {
  LoopPool loops(2);
  loops.start();
  TaskScope scope;
  std::atomic<int> stopped{0};
  std::latch asleep(2);
  auto sleeper = [](TaskScope* s, std::latch* ready, std::atomic<int>* count) -> Task<void> {
    ready->count_down();
    const auto slept = co_await sleep_for(1h, s);
    if (!slept && slept.error().remedy == Remedy::kRetryLater) ++*count;
  };
  scope.spawn_on(loops.loop(0), sleeper(&scope, &asleep, &stopped));
  scope.spawn_on(loops.loop(1), sleeper(&scope, &asleep, &stopped));
  asleep.wait();
  scope.stop();
  run_sync(scope.join());
  EXPECT_EQ(stopped, 2);
}

TEST(BlockingPool, ComesBackToTheLoopThatAsked) {
  BlockingPool pool(2, 100);
  auto ask = [](BlockingPool* p) -> Task<int> {
    Loop* const home = Loop::current();
    const auto there = co_await p->run([] { return Loop::current() == nullptr; });
    EXPECT_TRUE(there.value());
    EXPECT_EQ(Loop::current(), home);
    const Status nothing = co_await p->run([] {});
    EXPECT_TRUE(nothing.has_value());
    const Result<int> flat = co_await p->run([]() -> Result<int> { return 7; });
    const Result<int> failed = co_await p->run([]() -> Result<int> { return permanent("no"); });
    EXPECT_FALSE(failed.has_value());
    co_return flat.value();
  };
  EXPECT_EQ(run_on_loop(ask(&pool)), 7);
}

TEST(BlockingPool, RefusesWhatWouldWaitTooLong) {
  BlockingPool pool(1, 1);
  auto blocked = [](BlockingPool* p, std::latch* first, std::latch* last) -> Task<void> {
    const Status status = co_await p->run([=] {
      first->count_down();
      last->wait();
    });
    EXPECT_TRUE(status.has_value());
  };
  auto quick = [](BlockingPool* p, bool expected) -> Task<void> {
    const Status status = co_await p->run([] {});
    EXPECT_EQ(status.has_value(), expected);
    if (!status) EXPECT_EQ(status.error().remedy, Remedy::kRetryLater);
  };
  auto all = [](BlockingPool* p, auto block, auto ask) -> Task<void> {
    std::latch begun(1), go_on(1);
    TaskScope scope;
    scope.spawn(block(p, &begun, &go_on));
    begun.wait();                // the only thread is busy
    scope.spawn(ask(p, true));   // waits
    scope.spawn(ask(p, false));  // one too many
    EXPECT_EQ(p->waiting(), 1U);
    go_on.count_down();
    co_await scope.join();
  };
  run_on_loop(all(&pool, blocked, quick));
}

TEST(Loop, RaisesTheDescriptorLimit) { EXPECT_GT(raise_descriptor_limit(), 0U); }

}  // namespace
}  // namespace hikyaku::net
