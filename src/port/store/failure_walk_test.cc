// SPDX-License-Identifier: Apache-2.0
// Goal: whichever operation of the disk fails, commits say so, nothing that was acknowledged is
// lost, nothing is half there, and a full disk is only a pause.
#include <gtest/gtest.h>

#include <cerrno>

#include "base/task_scope.h"
#include "port/store/testing/sim_store.h"
#include "port/store/testing/wait.h"
#include "port/store/testing/workload.h"

namespace hikyaku::store {
namespace {

using Side = SimDisk::Side;
using After = SimDisk::After;

constexpr std::uint64_t kSteps = 60;

struct Walk {
  const char* name;
  Side side;
  int error;
  After after;
  std::uint64_t stride;
};

class FailureWalk : public testing::TestWithParam<Walk> {};

/// The store with the n-th change failing. False when there was no n-th change.
bool fail_at(const Walk& walk, std::uint64_t n) {
  SimDisk disk;
  Workload work(n, {.window = 4});
  std::uint64_t acknowledged = 0;
  bool reached = false;
  {
    disk.fail_at(walk.side, n, walk.error, walk.after);
    SimStore sim(disk);
    if (sim.store) acknowledged = work.run(*sim.store, kSteps);
    reached = disk.changes(walk.side) >= n;
    disk.stop_failing();
    if (sim.store && walk.error == ENOSPC && walk.side == Side::kLog) {
      // The same program goes on when there is room.
      EXPECT_EQ(work.verify(*sim.store, acknowledged), "") << walk.name << " " << n;
      acknowledged = work.last_step();
      EXPECT_EQ(work.run(*sim.store, 20), acknowledged + 20)
          << walk.name << " " << n << ": " << work.last_result().error;
      acknowledged += 20;
    }
  }
  SimStore again(disk);
  EXPECT_TRUE(again.store) << walk.name << " " << n << ": " << again.error;
  if (!again.store) return false;
  EXPECT_EQ(work.verify(*again.store, acknowledged), "") << walk.name << " " << n;
  acknowledged = work.last_step();
  EXPECT_EQ(work.run(*again.store, 5), acknowledged + 5) << walk.name << " " << n;
  const auto report = run_sync(again.store->check(nullptr));
  EXPECT_TRUE(report);
  if (report) EXPECT_EQ(report->problem_count, 0U) << report->problems.front().what;
  return reached && !testing::Test::HasFailure();
}

TEST_P(FailureWalk, EachOperationInTurn) {
  std::uint64_t n = 1;
  while (fail_at(GetParam(), n)) n += GetParam().stride;
  EXPECT_GT(n, 20U) << "the walk is no walk";
}

INSTANTIATE_TEST_SUITE_P(
    Disk, FailureWalk,
    testing::Values(Walk{"log_io_error_once", Side::kLog, EIO, After::kWorks, 3},
                    Walk{"log_io_error_for_good", Side::kLog, EIO, After::kFails, 4},
                    Walk{"log_full_once", Side::kLog, ENOSPC, After::kWorks, 3},
                    Walk{"log_full", Side::kLog, ENOSPC, After::kFails, 4},
                    Walk{"db_io_error_for_good", Side::kDb, EIO, After::kFails, 5}),
    [](const auto& each) { return std::string(each.param.name); });

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

}  // namespace
}  // namespace hikyaku::store
