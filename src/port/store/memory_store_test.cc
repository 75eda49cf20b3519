// SPDX-License-Identifier: Apache-2.0
// Goal: the memory engine fails, refuses and waits exactly when a test asks it to.
#include "port/store/memory_store.h"

#include <gtest/gtest.h>

#include "port/store/hints.h"
#include "port/store/testing/wait.h"

namespace hikyaku::store {
namespace {

TEST(MemoryStore, FailsAtTheOperationAskedFor) {
  MemoryStore store;
  store.fail_at(2);
  EXPECT_EQ(commit_now(store, Txn().put("Aa", "1")), Outcome::kCommitted);
  EXPECT_EQ(commit_now(store, Txn().put("Aa", "2")), Outcome::kFailed);
  EXPECT_EQ(*run_sync(get_one(&store, "Aa")), "1");
  store.fail_from(1);
  EXPECT_FALSE(run_sync(get_one(&store, "Aa")));
  EXPECT_FALSE(run_sync(store.flush()));
  store.fail_at(0);
  EXPECT_TRUE(run_sync(store.flush()));
}

TEST(MemoryStore, RefusesAndForgetsAsAsked) {
  MemoryStore store;
  store.conflict_at(1);
  EXPECT_EQ(commit_now(store, Txn().put("Aa", "1")), Outcome::kConflict);
  Txn txn;
  txn.token = "t";
  txn.put("Aa", "2");
  store.unknown_at(1, MemoryStore::Happened::kNo);
  EXPECT_EQ(commit_now(store, txn), Outcome::kUnknown);
  EXPECT_FALSE(*run_sync(store.resolve("t")));
  store.unknown_at(1, MemoryStore::Happened::kYes);
  EXPECT_EQ(commit_now(store, txn), Outcome::kUnknown);
  EXPECT_TRUE(*run_sync(store.resolve("t")));
  EXPECT_EQ(store.dump().at("Aa"), "2");
}

TEST(MemoryStore, HeldCommitsWaitInOrder) {
  MemoryStore store;
  store.hold_commits();
  TaskScope scope;
  std::vector<Outcome> outcomes;
  auto waiter = [](MemoryStore* s, Txn txn, std::vector<Outcome>* out) -> Task<void> {
    out->push_back((co_await s->submit(std::move(txn))).outcome);
  };
  auto all = [](auto spawn, MemoryStore* s, TaskScope* tasks,
                std::vector<Outcome>* out) -> Task<void> {
    tasks->spawn(spawn(s, Txn().put("Aa", "1"), out));
    tasks->spawn(spawn(s, Txn().check("Aa", "1").put("Aa", "2"), out));
    tasks->spawn(spawn(s, Txn().check("Aa", "1").put("Aa", "3"), out));
    EXPECT_EQ(s->held_commits(), 3U);
    EXPECT_TRUE(s->dump().empty());
    EXPECT_EQ(s->release_commits(1), 1U);
    EXPECT_EQ(s->dump().at("Aa"), "1");
    s->stop_holding();
    co_await tasks->join();
  };
  run_sync(all(waiter, &store, &scope, &outcomes));
  EXPECT_EQ(outcomes, (std::vector{Outcome::kCommitted, Outcome::kCommitted, Outcome::kConflict}));
}

TEST(MemoryStore, ABodyDiesWithItsLastHolder) {
  MemoryStore store;
  auto body = store.new_body();
  const auto id = body.id();
  EXPECT_EQ(commit_now(store, Txn().with(std::move(body)).link(id, "a").link(id, "b")),
            Outcome::kCommitted);
  EXPECT_EQ(commit_now(store, Txn().unlink(id, "a")), Outcome::kCommitted);
  EXPECT_EQ(store.live_bodies(), 1U);
  EXPECT_EQ(commit_now(store, Txn().unlink(id, "b")), Outcome::kCommitted);
  EXPECT_EQ(store.live_bodies(), 0U);
  EXPECT_EQ(commit_now(store, Txn().link(id, "c")), Outcome::kConflict);
}

TEST(Hints, ReachWhoListens) {
  Hints hints;
  std::vector<std::uint64_t> heard;
  hints.publish(AccountId(1), ModSeq(1));
  {
    const auto listen = [&](AccountId, ModSeq modseq) { heard.push_back(modseq.value); };
    const Hints::Subscription one(hints, AccountId(1), listen);
    const Hints::Subscription two(hints, AccountId(1), listen);
    hints.publish(AccountId(1), ModSeq(2));
    hints.publish(AccountId(2), ModSeq(3));
  }
  hints.publish(AccountId(1), ModSeq(4));
  EXPECT_EQ(heard, (std::vector<std::uint64_t>{2, 2}));
}

}  // namespace
}  // namespace hikyaku::store
