// SPDX-License-Identifier: Apache-2.0
// Goal: changes of one account are chained without fighting; what is not durable is never seen; and
// whatever fails, at whatever point, nothing is half there and the next try works.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <thread>

#include "record/mailbox/keys.h"
#include "record/mailbox/records.h"
#include "record/mailbox/testing/describe.h"
#include "record/mailbox/testing/rig.h"

namespace hikyaku::mailbox {
namespace {

using store::MemoryStore;
using testing::describe;
using testing::must;
using testing::Rig;
using testing::uids;
using testing::uids_of;

Task<void> deliver_into(Rig* rig, AccountPtr account, std::string octets,
                        std::optional<Result<Placed>>* out) {
  store::Txn with;
  NewMessage fresh{{}, 0, {}, rig->message(std::move(octets), &with)};
  std::vector<Target> targets;
  targets.push_back({std::move(account), std::move(fresh)});
  auto placed = co_await rig->mailboxes->deliver(std::move(targets), std::move(with));
  if (placed)
    out->emplace(placed->front());
  else
    out->emplace(std::unexpected(placed.error()));
}

/// Lets those run that were resumed before.
struct Yield : ResumeWork {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    handle = h;
    Executor::current()->post(this);
  }
  void await_resume() const noexcept {}
};

/// Five deliveries that wait for the disk together.
struct Five {
  Rig rig;
  AccountPtr account = rig.open();
  std::vector<std::optional<Result<Placed>>> results{5};
  TaskScope scope;

  void start() {
    rig.memory.hold_commits();
    for (auto& result : results)
      scope.spawn(deliver_into(&rig, account, fmt::format("number {}", started_++), &result));
    EXPECT_EQ(rig.memory.held_commits(), 5U);
  }
  Task<void> finish() {
    rig.memory.stop_holding();
    co_await scope.join();
  }
  [[nodiscard]] std::size_t delivered() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        results, [](const auto& result) { return result && result->has_value(); }));
  }

 private:
  int started_ = 0;
};

Task<std::size_t> shown(AccountPtr account) {
  const auto view = must(co_await account->view(MailboxId(1)));
  HK_ASSERT(view.index->size() == view.info->messages);
  co_return view.index->size();
}

TEST(Chain, SharesCommitsAndShowsOnlyWhatIsDurable) {
  Five five;
  run_sync([](Five* f) -> Task<void> {
    f->start();
    // The index is loaded while five additions are on their way.
    EXPECT_EQ(co_await shown(f->account), 0U);
    f->rig.memory.release_commits(2);
    co_await Yield{};
    EXPECT_EQ(co_await shown(f->account), 2U);
    f->rig.memory.stop_holding();
    co_await f->scope.join();
    EXPECT_EQ(co_await shown(f->account), 5U);
  }(&five));
  for (std::uint32_t i = 0; i < 5; ++i) EXPECT_EQ((*five.results[i])->uid, Uid(i + 1));
  EXPECT_EQ(five.rig.problems(), "");
}

Task<void> make_defaults(AccountPtr account, std::optional<Status>* out) {
  out->emplace(co_await account->make_default_mailboxes());
}

Task<bool> has_archive(AccountPtr account) {
  co_return must(co_await account->find("Archive")).has_value();
}

/// Two clients log in for the first time at once: the second finds nothing to do, and must not be
/// told so before that is durable and to be seen.
TEST(Chain, WhatANeighbourDoesIsAnsweredWhenItIsDurable) {
  for (const bool first_fails : {false, true}) {
    Rig rig;
    const AccountPtr account = rig.open();
    std::array<std::optional<Status>, 2> done;
    run_sync([](Rig* r, AccountPtr a, auto* results, bool fails) -> Task<void> {
      TaskScope scope;
      r->memory.hold_commits();
      for (auto& result : *results) scope.spawn(make_defaults(a, &result));
      co_await Yield{};
      EXPECT_FALSE((*results)[0] || (*results)[1]);
      EXPECT_FALSE(co_await has_archive(a));
      if (fails) r->memory.conflict_at(1);
      r->memory.stop_holding();
      co_await scope.join();
      EXPECT_TRUE(co_await has_archive(a));
    }(&rig, account, &done, first_fails));
    EXPECT_TRUE(*done[0] && *done[1]);
    EXPECT_EQ(rig.problems(), "");
  }
}

TEST(Chain, AFailedLinkBreaksTheChainAndIsRebuilt) {
  for (std::uint64_t at = 1; at <= 5; ++at) {
    Five five;
    run_sync([](Five* f, std::uint64_t n) -> Task<void> {
      f->start();
      f->rig.memory.conflict_at(n);
      co_await f->finish();
      EXPECT_EQ(co_await shown(f->account), 5U);
    }(&five, at));
    EXPECT_EQ(five.delivered(), 5U);
    EXPECT_EQ(five.rig.problems(), "");
  }
}

TEST(Chain, ADiskThatFailsOnceCostsOneDelivery) {
  for (std::uint64_t at = 1; at <= 5; ++at) {
    Five five;
    run_sync([](Five* f, std::uint64_t n) -> Task<void> {
      f->start();
      f->rig.memory.fail_at(n);
      co_await f->finish();
      EXPECT_EQ(co_await shown(f->account), 4U);
    }(&five, at));
    EXPECT_EQ(five.delivered(), 4U);
    const auto& failed = *five.results[at - 1];
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().remedy, Remedy::kRetryLater);
    EXPECT_EQ(five.rig.problems(), "");
  }
}

TEST(Chain, AnUnknownOutcomeIsResolved) {
  for (const auto happened : {MemoryStore::Happened::kNo, MemoryStore::Happened::kYes}) {
    for (std::uint64_t at = 1; at <= 5; ++at) {
      Five five;
      run_sync([](Five* f, std::uint64_t n, MemoryStore::Happened h) -> Task<void> {
        f->start();
        f->rig.memory.unknown_at(n, h);
        co_await f->finish();
        EXPECT_EQ(co_await shown(f->account), 5U);
      }(&five, at, happened));
      EXPECT_EQ(five.delivered(), 5U);
      EXPECT_EQ(five.rig.memory.live_bodies(), 5U);
      EXPECT_EQ(five.rig.problems(), "");
    }
  }
}

TEST(Chain, IsRebuiltBehindLinksThatCannotHold) {
  Five five;
  run_sync([](Five* f) -> Task<void> {
    f->start();
    f->rig.memory.conflict_at(1);
    f->rig.memory.release_commits(1);
    // The first is built anew and waits behind four links of the broken chain.
    co_await Yield{};
    EXPECT_EQ(f->rig.memory.held_commits(), 5U);
    EXPECT_EQ(f->rig.memory.release_commits(5), 5U);
    co_await Yield{};
    EXPECT_EQ(co_await shown(f->account), 1U);
    co_await f->finish();
  }(&five));
  const auto view = must(run_sync(five.account->view(MailboxId(1))));
  EXPECT_EQ(uids_of(*view.index), uids({1, 2, 3, 4, 5}));
  std::set<MessageId> messages;
  view.index->for_each(0, 5, [&](std::size_t, const Entry& e) { messages.insert(e.message); });
  EXPECT_EQ(messages.size(), 5U);
  EXPECT_EQ(five.rig.problems(), "");
}

TEST(Chain, NoTwoAccountRecordsAreAlike) {
  // Else a late link of a broken chain could find what it waits for, and use its UID twice.
  Rig one, two;
  must(one.deliver(one.open(), "same"));
  must(two.deliver(two.open(), "same"));
  const auto key = key::account(AccountId(1));
  auto first = must(decode_account(one.memory.dump().at(key)));
  const auto second = must(decode_account(two.memory.dump().at(key)));
  EXPECT_EQ(first.modseq, second.modseq);
  EXPECT_NE(first.stamp, second.stamp);
}

TEST(Chain, AnotherMachineIsNoticed) {
  Rig here;
  Rig there(here.memory);
  const auto a = here.open(), b = there.open();
  must(here.deliver(a, "one"));
  must(there.deliver(b, "two"));
  must(here.deliver(a, "three"));
  EXPECT_EQ(run_sync(shown(a)), 3U);
  must(run_sync(there.open()->erase(MailboxId(1), uids({1}))));
  must(here.deliver(a, "four"));
  const auto view = must(run_sync(a->view(MailboxId(1))));
  EXPECT_EQ(uids_of(*view.index), uids({2, 3, 4}));
  EXPECT_EQ(here.problems(), "");
}

TEST(Chain, AConflictThatNeverEndsIsGivenUp) {
  Rig rig;
  const auto account = rig.open();
  store::Txn with;
  Message message = rig.message("m", &with);
  with.check("T-always", "never there");
  const auto placed =
      run_sync(rig.mailboxes->deliver({{account, {{}, 0, {}, message}}}, std::move(with)));
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().remedy, Remedy::kRetryLater);
  must(rig.deliver(account, "next"));
  EXPECT_EQ(run_sync(shown(account)), 1U);
}

TEST(Chain, MailForElsewhereOnlyIsCommittedToo) {
  for (const auto happened : {MemoryStore::Happened::kNo, MemoryStore::Happened::kYes}) {
    Rig rig;
    store::Txn with;
    with.put("Q-item", "for elsewhere");
    rig.memory.unknown_at(1, happened);
    const auto placed = run_sync(rig.mailboxes->deliver({}, with));
    EXPECT_EQ(placed.has_value(), happened == MemoryStore::Happened::kYes);
    EXPECT_EQ(rig.memory.dump().contains("Q-item"), placed.has_value());
  }
}

TEST(Chain, HintsFollowWhatIsDurable) {
  Rig rig;
  const auto account = rig.open();
  std::vector<ModSeq> heard;
  const store::Hints::Subscription subscription(
      rig.hints, AccountId(1), [&](AccountId, ModSeq modseq) { heard.push_back(modseq); });
  must(rig.deliver(account, "m"));
  const auto view = must(run_sync(account->view(MailboxId(1))));
  EXPECT_EQ(heard, std::vector{view.info->highest_modseq});
}

// --- Failure walk -------------------------------------------------------------------------------

using Step = std::function<Status(Rig&, const AccountPtr&)>;

template <class T>
Status status(Result<T> result) {
  if (!result) return std::unexpected(result.error());
  return {};
}

MailboxId id_of(const AccountPtr& account, std::string name) {
  return must(run_sync(account->find(std::move(name)))).value().id;
}

const std::vector<Step>& steps() {
  static const std::vector<Step> all{
      [](Rig& rig, const AccountPtr&) {
        return status(run_sync(rig.mailboxes->open(AccountId(9))));
      },
      [](Rig& rig, const AccountPtr& a) { return status(rig.deliver(a, "one")); },
      [](Rig& rig, const AccountPtr& a) { return status(rig.deliver(a, "two", {}, kSeen, {"k"})); },
      [](Rig&, const AccountPtr& a) { return run_sync(a->make_default_mailboxes()); },
      [](Rig&, const AccountPtr& a) {
        return status(run_sync(a->create("p/q", SpecialUse::kNone)));
      },
      [](Rig&, const AccountPtr& a) {
        return status(run_sync(
            a->change_flags(MailboxId(1), uids({1}), FlagChange::kAdd, kDeleted, {"k", "l"}, {})));
      },
      [](Rig&, const AccountPtr& a) {
        return status(run_sync(a->copy(MailboxId(1), uids({1, 2}), id_of(a, "p/q"))));
      },
      [](Rig&, const AccountPtr& a) { return status(run_sync(a->expunge(MailboxId(1), {}))); },
      [](Rig&, const AccountPtr& a) {
        return status(run_sync(a->move(id_of(a, "p/q"), uids({1}), id_of(a, "Junk"))));
      },
      [](Rig&, const AccountPtr& a) { return run_sync(a->rename("p", "r/s")); },
      [](Rig&, const AccountPtr& a) { return run_sync(a->subscribe("r/s/q", true)); },
      [](Rig&, const AccountPtr& a) {
        return status(run_sync(a->erase(id_of(a, "Junk"), uids({1}))));
      },
      [](Rig&, const AccountPtr& a) { return run_sync(a->remove("r/s")); },
      [](Rig&, const AccountPtr& a) { return run_sync(a->remove("r/s/q")); },
  };
  return all;
}

/// An account after the first `count` steps, with warm or cold memory.
struct After {
  Rig rig;
  AccountPtr account;

  After(std::size_t count, bool cold) : account(rig.open()) {
    for (std::size_t i = 0; i < count; ++i) must(steps()[i](rig, account));
    if (cold) {
      account = nullptr;
      rig.restart();
      account = rig.open();
    }
  }
};

TEST(FailureWalk, NothingIsHalfThereAndTheNextTryWorks) {
  for (std::size_t s = 0; s < steps().size(); ++s) {
    for (const bool cold : {false, true}) {
      After undisturbed(s + 1, cold);
      const auto expected = describe(undisturbed.account);
      for (std::uint64_t n = 1;; ++n) {
        ASSERT_LT(n, 100U);
        After now(s, cold);
        const auto before = cold ? std::string{} : describe(now.account);
        const auto operations = now.rig.memory.operations();
        now.rig.memory.fail_at(n);
        const auto result = steps()[s](now.rig, now.account);
        const bool reached = now.rig.memory.operations() - operations >= n;
        now.rig.memory.fail_at(0);
        if (!result) {
          EXPECT_EQ(result.error().remedy, Remedy::kRetryLater);
          if (!cold) EXPECT_EQ(describe(now.account), before) << "step " << s << ", n " << n;
          ASSERT_EQ(now.rig.problems(), "") << "step " << s << ", n " << n;
          must(steps()[s](now.rig, now.account));
        }
        ASSERT_EQ(describe(now.account), expected) << "step " << s << ", n " << n;
        ASSERT_EQ(now.rig.problems(), "") << "step " << s << ", n " << n;
        if (!reached) break;
      }
    }
  }
}

TEST(FailureWalk, ConflictsAndUnknownOutcomesPass) {
  for (std::size_t s = 0; s < steps().size(); ++s) {
    After undisturbed(s + 1, false);
    const auto expected = describe(undisturbed.account);
    for (int kind = 0; kind < 3; ++kind) {
      After now(s, true);
      if (kind == 0)
        now.rig.memory.conflict_at(1);
      else
        now.rig.memory.unknown_at(
            1, kind == 1 ? MemoryStore::Happened::kNo : MemoryStore::Happened::kYes);
      must(steps()[s](now.rig, now.account));
      EXPECT_EQ(describe(now.account), expected) << "step " << s << ", kind " << kind;
      EXPECT_EQ(now.rig.problems(), "");
    }
  }
}

// --- Threads ------------------------------------------------------------------------------------

TEST(Threads, AllDeliveriesOfManyThreadsAreThere) {
  constexpr int kThreads = 4, kEach = 150;
  Rig rig;
  const auto account = rig.open();
  rig.memory.hold_commits();
  std::atomic<int> running{kThreads};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) must(rig.deliver(account, fmt::format("{} {}", t, i)));
      --running;
    });
  }
  // Looks all the time: only more, never with a gap.
  std::thread reader([&] {
    std::size_t seen = 0;
    while (running != 0) {
      const auto view = must(run_sync(account->view(MailboxId(1))));
      EXPECT_GE(view.index->size(), seen);
      seen = view.index->size();
      EXPECT_EQ(view.info->messages, seen);
      if (seen != 0) EXPECT_EQ(view.index->at(seen - 1).uid, Uid(static_cast<std::uint32_t>(seen)));
    }
  });
  while (running != 0) {
    rig.memory.release_commits(3);
    std::this_thread::yield();
  }
  for (auto& thread : threads) thread.join();
  reader.join();
  rig.memory.stop_holding();
  const auto view = must(run_sync(account->view(MailboxId(1))));
  ASSERT_EQ(view.index->size(), static_cast<std::size_t>(kThreads * kEach));
  ModSeq last;
  view.index->for_each(0, view.index->size(), [&](std::size_t position, const Entry& entry) {
    EXPECT_EQ(entry.uid.value, position + 1);
    EXPECT_GT(entry.modseq, last);
    last = entry.modseq;
  });
  EXPECT_EQ(rig.problems(), "");
}

}  // namespace
}  // namespace hikyaku::mailbox
