// SPDX-License-Identifier: Apache-2.0
// Goal: the same seeded transactions have the same outcomes and leave the same records on the
// memory engine, which is simple, and on the embedded one.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/codec.h"
#include "base/task_scope.h"
#include "port/store/memory_store.h"
#include "port/store/testing/sim_store.h"
#include "port/store/testing/wait.h"

namespace hikyaku::store {
namespace {

/// Draws transactions over few keys, so that they meet.
class Drawing {
 public:
  explicit Drawing(std::uint64_t seed) : dice_(seed) {}

  Txn draw(const std::map<std::string, std::string>& records) {
    Txn txn;
    for (auto n = roll(3); n > 0; --n) {
      const auto k = key();
      const auto found = records.find(k);
      const bool right = roll(4) != 0;
      if (found == records.end())
        txn.check(k, right ? std::nullopt : std::optional<std::string>("x"));
      else
        txn.check(k, right ? std::optional(found->second) : std::nullopt);
    }
    for (auto n = roll(6); n > 0; --n) write(txn);
    return txn;
  }

  std::uint64_t roll(std::uint64_t n) { return dice_() % n; }
  std::string key() { return std::string("K") + static_cast<char>('a' + roll(20)); }

 private:
  void write(Txn& txn) {
    switch (roll(6)) {
      case 0: txn.erase(key()); break;
      case 1: txn.erase_range(key(), key()); break;
      case 2:
        txn.add(std::string("T") + static_cast<char>('a' + roll(3)),
                static_cast<std::int64_t>(roll(100)) - 50);
        break;
      case 3:
        // Sometimes a counter, sometimes none.
        txn.put(std::string("T") + static_cast<char>('a' + roll(3)),
                std::string(roll(20) == 0 ? 7 : 8, '\1'));
        break;
      default: txn.put(key(), std::string(roll(300), static_cast<char>('a' + roll(26))));
    }
  }
  std::mt19937_64 dice_;
};

std::map<std::string, std::string> dump(Store& store) {
  std::map<std::string, std::string> out;
  const auto found = run_sync(store.scan("", prefix_end(""), 10'000));
  EXPECT_TRUE(found);
  for (const auto& kv : *found) out[kv.key] = kv.value;
  return out;
}

/// Submits all, then waits for all.
std::vector<Outcome> commit_all(Store& store, const std::vector<Txn>& txns) {
  std::vector<Commit> commits;
  for (const auto& txn : txns) commits.push_back(store.submit(txn));
  std::vector<Outcome> outcomes;
  for (auto& commit : commits) outcomes.push_back(wait_commit(std::move(commit)).outcome);
  return outcomes;
}

TEST(Differential, BothEnginesAgree) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Drawing drawing(seed);
    MemoryStore memory;
    SimDisk disk;
    auto sim = std::make_unique<SimStore>(disk);
    ASSERT_TRUE(sim->store) << sim->error;
    int conflicts = 0;
    for (int round = 0; round < 40; ++round) {
      std::vector<Txn> txns;
      for (auto n = 1 + drawing.roll(12); n > 0; --n) txns.push_back(drawing.draw(memory.dump()));
      const auto want = commit_all(memory, txns);
      ASSERT_EQ(commit_all(*sim->store, txns), want) << "seed " << seed << ", round " << round;
      ASSERT_EQ(dump(*sim->store), memory.dump()) << "seed " << seed << ", round " << round;
      conflicts += static_cast<int>(std::ranges::count(want, Outcome::kConflict));
      if (drawing.roll(8) != 0) continue;
      if (drawing.roll(2) == 0) ASSERT_TRUE(run_sync(sim->store->flush()));
      sim.reset();
      sim = std::make_unique<SimStore>(disk);
      ASSERT_TRUE(sim->store) << sim->error;
      ASSERT_EQ(dump(*sim->store), memory.dump()) << "seed " << seed << ", reopened";
    }
    EXPECT_GT(conflicts, 10) << "the drawing has to have conflicts";
  }
}

}  // namespace
}  // namespace hikyaku::store
