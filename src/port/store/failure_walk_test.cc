// SPDX-License-Identifier: Apache-2.0
// Goal: whichever operation of the disk fails, commits say so, nothing that was acknowledged is
// lost, nothing is half there, and the same program goes on when the disk does.
// HK_FAILURE_WALK=all makes each step of the long walks, not every few.
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <map>
#include <thread>

#include "base/task_scope.h"
#include "port/store/testing/sim_store.h"
#include "port/store/testing/wait.h"
#include "port/store/testing/workload.h"

namespace hikyaku::store {
namespace {

using Side = SimDisk::Side;
using Kind = SimDisk::Kind;
using Fault = SimDisk::Fault;
constexpr auto kForGood = SimDisk::kForGood;

constexpr std::uint64_t kSteps = 60;
constexpr std::uint64_t kWindow = 4;  ///< steps that wait at a time
/// So many there are at least, however the threads run; each is a write and a sync.
constexpr std::uint64_t kBatches = kSteps / kWindow;

struct Walk {
  const char* name;
  Fault fault;  ///< but for `at`
  std::uint64_t stride;
  std::uint64_t at_least;  ///< so many operations there are; else the walk is no walk
  enum class Then : unsigned char { kGoesOn, kNeedsStart } then = Then::kGoesOn;
};

constexpr std::chrono::seconds kAnsweredAtLast(30);

/// Steps further; false when the test has failed. What waits for room looks for it again after some
/// time; until then a step may be refused.
bool go_on(Workload& work, RocksDbStore& store, std::uint64_t steps) {
  const auto last = work.last_step() + steps;
  const auto until = std::chrono::steady_clock::now() + kAnsweredAtLast;
  while (work.run(store, last - work.last_step()) != last &&
         work.last_result().cause == Cause::kDiskFull && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(work.last_step(), last) << work.last_result().error;
  return !testing::Test::HasFailure();
}

void expect_whole(RocksDbStore& store) {
  const auto report = run_sync(store.check(nullptr));
  ASSERT_TRUE(report) << report.error().text;
  EXPECT_EQ(report->problem_count, 0U) << report->problems.front().what;
}

/// What may be there beyond what was acknowledged.
enum class Beyond : unsigned char { kNothing, kWhatFailed };

/// Starts again on that disk: everything up to `acknowledged` is there, and it works.
void live_on(SimDisk& disk, Workload& work, std::uint64_t acknowledged, Beyond beyond) {
  SimStore again(disk);
  ASSERT_TRUE(again.store) << again.error;
  ASSERT_EQ(work.verify(*again.store, acknowledged), "");
  if (beyond == Beyond::kNothing) ASSERT_EQ(work.last_step(), acknowledged);
  if (go_on(work, *again.store, 5)) expect_whole(*again.store);
}

/// The store with the n-th operation failing. False when there was no n-th one.
bool fail_at(const Walk& walk, std::uint64_t n) {
  SCOPED_TRACE(std::string(walk.name) + " " + std::to_string(n));
  SimDisk disk;
  Workload work(n, {.window = kWindow});
  std::uint64_t acknowledged = 0;
  auto fault = walk.fault;
  fault.at = n;
  disk.fail(fault);
  auto beyond = Beyond::kWhatFailed;
  {
    SimStore sim(disk);
    if (sim.store) acknowledged = work.run(*sim.store, kSteps);
    disk.stop_failing();
    // Though all steps are acknowledged, what RocksDB does behind them may have failed.
    const bool all_well = disk.failed() == 0;
    if (sim.store && (all_well || walk.then == Walk::Then::kGoesOn)) {
      EXPECT_EQ(work.verify(*sim.store, acknowledged), "");
      if (go_on(work, *sim.store, 20)) expect_whole(*sim.store);
      acknowledged = work.last_step();
      // What failed before that is superseded for good, even where nobody knew.
      beyond = Beyond::kNothing;
    }
  }
  const bool reached = disk.failed() > 0;
  // What a sync that failed has not written, the next program still sees in memory; so both.
  const auto after_cut = disk.after_power_cut(n, SimDisk::Unsynced::kTossed);
  live_on(*after_cut, work, acknowledged, beyond);
  live_on(disk, work, acknowledged, beyond);
  if (testing::Test::HasFailure()) return false;
  // Once more: that of the start before, which acknowledged the last steps.
  live_on(*disk.after_power_cut(n, SimDisk::Unsynced::kLost), work, work.last_step(),
          Beyond::kNothing);
  return reached && !testing::Test::HasFailure();
}

class FailureWalk : public testing::TestWithParam<Walk> {};

TEST_P(FailureWalk, EachOperationInTurn) {
  const bool all = std::getenv("HK_FAILURE_WALK") != nullptr;
  std::uint64_t n = 1;
  while (fail_at(GetParam(), n)) n += all ? 1 : GetParam().stride;
  EXPECT_GE(n, GetParam().at_least) << "the walk is no walk";
}

// By kind: syncs are what acknowledgements stand on; names are few and dear. "In a row" is what a
// disk does that is full, or away, for a while.
INSTANTIATE_TEST_SUITE_P(
    Disk, FailureWalk,
    testing::Values(
        Walk{"log_io_error_once", {Side::kLog, {}, 1, EIO, 1}, 5, kBatches * 2},
        Walk{"log_io_error_in_a_row", {Side::kLog, {}, 1, EIO, 3}, 7, kBatches * 2},
        Walk{"log_io_error_for_good", {Side::kLog, {}, 1, EIO, kForGood}, 11, kBatches * 2},
        Walk{"log_full_once", {Side::kLog, {}, 1, ENOSPC, 1}, 7, kBatches * 2},
        Walk{"log_full_for_good", {Side::kLog, {}, 1, ENOSPC, kForGood}, 11, kBatches * 2},
        Walk{"log_write_fails", {Side::kLog, Kind::kWrite, 1, EIO, 1}, 3, kBatches},
        Walk{"log_write_full", {Side::kLog, Kind::kWrite, 1, ENOSPC, 2}, 5, kBatches},
        Walk{"log_sync_fails", {Side::kLog, Kind::kSync, 1, EIO, 1}, 2, kBatches},
        Walk{"log_sync_fails_in_a_row", {Side::kLog, Kind::kSync, 1, EIO, 2}, 3, kBatches},
        Walk{"log_sync_full", {Side::kLog, Kind::kSync, 1, ENOSPC, 1}, 3, kBatches},
        Walk{"log_create_full", {Side::kLog, Kind::kCreate, 1, ENOSPC, 1}, 1, 5},
        Walk{"log_resize_full", {Side::kLog, Kind::kResize, 1, ENOSPC, 1}, 1, 5},
        Walk{"log_rename_fails", {Side::kLog, Kind::kRename, 1, EIO, 1}, 1, 5},
        Walk{"log_directory_fails", {Side::kLog, Kind::kSyncDirectory, 1, EIO, 1}, 1, 5},
        Walk{"db_io_error_for_good",
             {Side::kDb, {}, 1, EIO, kForGood},
             9,
             20,
             Walk::Then::kNeedsStart},
        Walk{"db_full_for_a_while", {Side::kDb, {}, 1, ENOSPC, 6}, 7, 20}),
    [](const auto& each) { return std::string(each.param.name); });

/// Reading: from a store that a crash ended, with the n-th request failing. False when there was
/// none.
bool fail_to_read(const SimDisk& crashed, std::uint64_t acknowledged, Side side, Kind kind,
                  std::uint64_t n) {
  SCOPED_TRACE(n);
  const auto disk = crashed.copy();
  Workload work(1, {.window = kWindow});
  disk->fail({side, kind, n, EIO, 1});
  {
    SimStore sim(*disk);
    if (sim.store) {
      // Told, or without effect; never other octets.
      const auto differs = work.verify(*sim.store, acknowledged);
      if (!differs.empty())
        EXPECT_NE(differs.find("put/output error"), std::string::npos) << differs;
      disk->stop_failing();
      EXPECT_EQ(work.verify(*sim.store, acknowledged), "") << "and then: " << differs;
      expect_whole(*sim.store);
    } else {
      EXPECT_GT(disk->failed(), 0U) << sim.error;
    }
  }
  const bool reached = disk->failed() > 0;
  disk->stop_failing();
  live_on(*disk, work, acknowledged, Beyond::kNothing);
  return reached && !testing::Test::HasFailure();
}

TEST(ReadFailure, IsToldAndHarmsNothing) {
  SimDisk disk;
  std::unique_ptr<SimDisk> crashed;
  Workload work(1, {.window = kWindow});
  {
    SimStore sim(disk);
    ASSERT_TRUE(sim.store) << sim.error;
    ASSERT_EQ(work.run(*sim.store, kSteps), kSteps);
    crashed = disk.copy();
  }
  struct Case {
    Side side;
    Kind kind;
    std::uint64_t stride;
  };
  for (const auto& [side, kind, stride] :
       {Case{Side::kLog, Kind::kRead, 3}, Case{Side::kLog, Kind::kOpen, 1},
        Case{Side::kLog, Kind::kList, 1}, Case{Side::kDb, Kind::kRead, 3},
        Case{Side::kDb, Kind::kOpen, 1}}) {
    SCOPED_TRACE(testing::Message()
                 << "side " << static_cast<int>(side) << ", kind " << static_cast<int>(kind));
    std::uint64_t n = 1;
    while (fail_to_read(*crashed, kSteps, side, kind, n)) n += stride;
    if (HasFailure()) return;
    EXPECT_GT(n, 1U) << "nothing of that kind is asked";
  }
}

std::string value_of(RocksDbStore& store, const std::string& key) {
  const auto values = run_sync(store.get({key}));
  return values ? values->front().value_or("") : "? " + values.error().text;
}

/// The store's own work is done: what changes from now on is ours.
void settle(RocksDbStore& store) { ASSERT_TRUE(run_sync(store.collect())); }

TEST(FailedSync, IsRefusedForSureAndTheLogGoesOn) {
  SimDisk disk;
  SimStore sim(disk);
  ASSERT_TRUE(sim.store) << sim.error;
  ASSERT_EQ(commit_now(*sim.store, Txn().put("K", "1")), Outcome::kCommitted);
  settle(*sim.store);
  disk.fail({Side::kLog, Kind::kSync, 1, EIO, 1});
  const auto refused = wait_commit(sim.store->submit(Txn().put("K", "2")));
  EXPECT_EQ(refused.outcome, Outcome::kFailed);
  EXPECT_NE(refused.error.find("syncing"), std::string::npos) << refused.error;
  // Refused is refused, whenever the power goes, and whatever of it the disk had.
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto later = disk.after_power_cut(seed, SimDisk::Unsynced::kTossed);
    SimStore again(*later);
    ASSERT_TRUE(again.store) << again.error;
    ASSERT_EQ(value_of(*again.store, "K"), "1");
  }
  ASSERT_EQ(commit_now(*sim.store, Txn().check("K", "1").put("K", "3")), Outcome::kCommitted);
  const auto later = disk.after_power_cut(1, SimDisk::Unsynced::kLost);
  SimStore again(*later);
  ASSERT_TRUE(again.store) << again.error;
  EXPECT_EQ(value_of(*again.store, "K"), "3");
}

TEST(FailedSync, ABatchThatCantBeCutOffIsUnknownAndCountsLessThanWhatFollows) {
  SimDisk disk;
  SimStore sim(disk);
  ASSERT_TRUE(sim.store) << sim.error;
  ASSERT_EQ(commit_now(*sim.store, Txn().put("K", "1")), Outcome::kCommitted);
  settle(*sim.store);
  // The write goes through, the sync and the cut do not: the octets are all in the file.
  disk.fail({Side::kLog, std::nullopt, 2, EIO, 2});
  EXPECT_EQ(commit_now(*sim.store, Txn().put("K", "2")), Outcome::kUnknown);
  EXPECT_EQ(disk.failed(), 2U);
  {
    const auto crashed = disk.copy();
    SimStore again(*crashed);
    ASSERT_TRUE(again.store) << again.error;
    EXPECT_EQ(value_of(*again.store, "K"), "2") << "the test tests nothing";
  }
  // Here it did not happen; and then not after a crash either.
  ASSERT_EQ(commit_now(*sim.store, Txn().check("K", "1").put("L", "3")), Outcome::kCommitted);
  const auto crashed = disk.copy();
  SimStore again(*crashed);
  ASSERT_TRUE(again.store) << again.error;
  EXPECT_EQ(value_of(*again.store, "K"), "1");
  EXPECT_EQ(value_of(*again.store, "L"), "3");
}

TEST(FailedSync, OfSpilledPiecesRefusesTheBodyAndTheNextOneIsTaken) {
  SimDisk disk;
  SimStore sim(disk);
  ASSERT_TRUE(sim.store) << sim.error;
  const auto spilled = [&](const std::string& octets) {
    auto body = sim.store->new_body();
    body.append(octets);
    EXPECT_TRUE(run_sync(sim.store->spill(&body)));
    return body;
  };
  auto first = spilled(std::string(1000, 'a'));
  const auto id = first.id();
  auto third = spilled(std::string(1000, 'c'));
  const auto poor = third.id();
  settle(*sim.store);
  disk.fail({Side::kLog, Kind::kSync, 1, EIO, 1});
  EXPECT_EQ(commit_now(*sim.store, Txn().put("Ma", "").link(id, "Ma").with(std::move(first))),
            Outcome::kFailed);
  EXPECT_EQ(value_of(*sim.store, "Ma"), "");
  // Whose pieces lie there too is refused alone, without harm to those who commit beside it.
  auto poisoned = sim.store->submit(Txn().put("Mc", "").link(poor, "Mc").with(std::move(third)));
  auto beside = sim.store->submit(Txn().put("Md", "1"));
  const auto refused = wait_commit(std::move(poisoned));
  EXPECT_EQ(refused.outcome, Outcome::kFailed);
  EXPECT_NE(refused.error.find("syncing"), std::string::npos) << refused.error;
  EXPECT_EQ(wait_commit(std::move(beside)).outcome, Outcome::kCommitted);
  auto second = spilled(std::string(50'000, 'b'));
  const auto next = second.id();
  ASSERT_EQ(commit_now(*sim.store, Txn().put("Mb", "").link(next, "Mb").with(std::move(second))),
            Outcome::kCommitted);
  const auto later = disk.after_power_cut(1, SimDisk::Unsynced::kLost);
  SimStore again(*later);
  ASSERT_TRUE(again.store) << again.error;
  EXPECT_EQ(body_now(*again.store, next), std::string(50'000, 'b'));
}

TEST(DiskFull, RefusesAndGoesOnWhenThereIsRoom) {
  SimDisk disk;
  disk.set_capacity(2 << 20);
  SimStore sim(disk);
  ASSERT_TRUE(sim.store) << sim.error;
  auto& store = *sim.store;
  std::map<BodyId, std::string> kept;
  CommitResult result{Outcome::kCommitted, {}};
  for (int i = 0; i < 2000 && result.outcome == Outcome::kCommitted; ++i) {
    std::string octets(3000, static_cast<char>('a' + i % 26));
    auto [id, txn] = body_txn(store, octets, "M" + std::to_string(i));
    result = wait_commit(store.submit(std::move(txn)));
    if (result.outcome == Outcome::kCommitted) kept[id] = octets;
  }
  ASSERT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_GT(kept.size(), 100U);
  EXPECT_NE(result.error.find("No space left on device"), std::string::npos) << result.error;
  disk.set_capacity(UINT64_MAX);
  auto [id, txn] = body_txn(store, "after", "Mz");
  EXPECT_EQ(commit_now(store, std::move(txn)), Outcome::kCommitted);
  kept[id] = "after";
  for (const auto& [body, octets] : kept) ASSERT_EQ(body_now(store, body), octets);
}

TEST(DiskFull, LeavesRoomForTheRecords) {
  SimDisk disk;
  auto options = small_options("/sim");
  options.reserve_bytes = 1 << 20;
  SimStore sim(disk, options);
  ASSERT_TRUE(sim.store) << sim.error;
  disk.set_capacity(1 << 20);
  auto [id, txn] = body_txn(*sim.store, "octets", "M1");
  const auto refused = wait_commit(sim.store->submit(std::move(txn)));
  EXPECT_EQ(refused.outcome, Outcome::kFailed);
  EXPECT_NE(refused.error.find("make room"), std::string::npos) << refused.error;
  // What makes room, or takes little, is still done.
  EXPECT_EQ(commit_now(*sim.store, Txn().put("Aa", "1")), Outcome::kCommitted);
}

bool is_answered(const Commit& commit) {
  const auto until = std::chrono::steady_clock::now() + kAnsweredAtLast;
  while (!commit.await_ready()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(DiskFull, NobodyWaitsWhileTheRecordsCanNotBeWritten) {
  SimDisk disk;
  SimStore sim(disk);
  ASSERT_TRUE(sim.store) << sim.error;
  auto& store = *sim.store;
  disk.fail({Side::kDb, Kind::kWrite, 1, ENOSPC, kForGood});
  // What is in the log, and not yet in the records, is answered when there is room. That it has
  // come to that shows by the first that is refused.
  std::map<std::string, Commit> open;
  bool refused = false;
  for (int i = 0; i < 50'000 && !refused; ++i) {
    const auto key = "A" + std::to_string(i);
    open.emplace(key, store.submit(Txn().put(key, std::string(1000, 'x'))));
    std::this_thread::yield();
    std::erase_if(open, [&](auto& each) {
      if (!each.second.await_ready()) return false;
      const auto done = wait_commit(std::move(each.second));
      refused = refused || done.outcome == Outcome::kFailed;
      EXPECT_EQ(run_sync(store.get({each.first}))->front().has_value(),
                done.outcome == Outcome::kCommitted);
      return true;
    });
  }
  ASSERT_TRUE(refused);
  for (int i = 0; i < 5; ++i) {
    auto commit = store.submit(Txn().put("Ay", "while it is full"));
    ASSERT_TRUE(is_answered(commit));
    const auto done = wait_commit(std::move(commit));
    EXPECT_EQ(done.outcome, Outcome::kFailed);
    EXPECT_EQ(done.cause, Cause::kDiskFull) << done.error;
    EXPECT_NE(done.error.find("make room"), std::string::npos) << done.error;
  }
  disk.stop_failing();
  for (auto& [key, commit] : open) {
    ASSERT_TRUE(is_answered(commit));
    const bool committed = wait_commit(std::move(commit)).outcome == Outcome::kCommitted;
    EXPECT_EQ(run_sync(store.get({key}))->front().has_value(), committed) << key;
  }
  // It looks for room now and then, and until it has found it refuses.
  const auto until = std::chrono::steady_clock::now() + kAnsweredAtLast;
  CommitResult after;
  do {
    auto commit = store.submit(Txn().put("Az", "after"));
    ASSERT_TRUE(is_answered(commit));
    after = wait_commit(std::move(commit));
  } while (after.cause == Cause::kDiskFull && std::chrono::steady_clock::now() < until);
  EXPECT_EQ(after.outcome, Outcome::kCommitted) << after.error;
  EXPECT_FALSE(run_sync(store.get({"Ay"}))->front().has_value());
}

}  // namespace
}  // namespace hikyaku::store
