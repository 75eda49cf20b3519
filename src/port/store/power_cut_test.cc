// SPDX-License-Identifier: Apache-2.0
// Goal: whenever the power fails, everything that was acknowledged is there, and nothing is half
// there. HK_POWER_CUTS=N asks for more of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "base/task_scope.h"
#include "port/store/testing/sim_store.h"
#include "port/store/testing/workload.h"

namespace hikyaku::store {
namespace {

constexpr std::uint64_t kStepsMax = 400;

std::uint64_t cuts_asked_for() {
  const char* const text = std::getenv("HK_POWER_CUTS");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 240;
}

/// Three lives of one disk, each ended by a power cut.
void live_three_times(std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  auto disk = std::make_unique<SimDisk>();
  Workload work(seed, {.window = 1 + dice() % 12});
  std::uint64_t acknowledged = 0;
  for (int life = 0; life < 3; ++life) {
    disk->cut_power_at(1 + dice() % (life == 0 ? 600 : 300));
    {
      // The cut may come while it opens.
      SimStore sim(*disk);
      if (sim.store && work.verify(*sim.store, acknowledged).empty()) {
        acknowledged = std::max(acknowledged, work.run(*sim.store, kStepsMax));
      }
      disk->cut_power();
    }
    const auto unsynced = dice() % 4 == 0 ? SimDisk::Unsynced::kLost : SimDisk::Unsynced::kTossed;
    disk = disk->after_power_cut(dice(), unsynced);
    {
      // On a copy, so that looking does not repair.
      const auto copy = disk->copy();
      SimStore sim(*copy);
      ASSERT_TRUE(sim.store) << "seed " << seed << ", life " << life << ": " << sim.error;
      ASSERT_EQ(work.verify(*sim.store, acknowledged), "") << "seed " << seed << ", life " << life;
      acknowledged = work.last_step();
      const auto report = run_sync(sim.store->check(nullptr));
      ASSERT_TRUE(report);
      for (const auto& problem : report->problems)
        ADD_FAILURE() << "seed " << seed << ", life " << life << ": "
                      << problem.what.in(Language::kEnglish);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(PowerCut, LosesNothingThatWasAcknowledged) {
  for (std::uint64_t seed = 1; seed <= cuts_asked_for() / 3; ++seed) {
    live_three_times(seed);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(PowerCut, TheSimulationDoesLoseWhatIsNotSynced) {
  // Without this, the test above could not fail.
  SimDisk disk;
  std::ignore = disk.make_directory("/d");
  auto file = *disk.open("/d/f", Files::Mode::kCreate);
  const std::string_view first = "first";
  const std::string_view second = "second";
  ASSERT_TRUE(file->write(0, {&first, 1}));
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(disk.sync_directory("/d"));
  ASSERT_TRUE(file->write(5, {&second, 1}));
  std::ignore = *disk.open("/d/g", Files::Mode::kCreate);
  const auto after = disk.after_power_cut(1, SimDisk::Unsynced::kLost);
  EXPECT_EQ(*(*after->open("/d/f", Files::Mode::kRead))->read(0, 100), "first");
  EXPECT_FALSE(after->open("/d/g", Files::Mode::kRead));
}

}  // namespace
}  // namespace hikyaku::store
