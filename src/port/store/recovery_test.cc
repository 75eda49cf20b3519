// SPDX-License-Identifier: Apache-2.0
// Goal: of the last batch, cut or damaged at any octet, nothing is seen, and all before it is
// there; damage in the middle is never taken for a torn end.
#include "port/store/recovery.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "port/store/testing/engines.h"
#include "port/store/testing/sim_store.h"
#include "port/store/testing/wait.h"

namespace hikyaku::store {
namespace {

/// Where the batches lie in the file of the log that has any.
struct Log {
  std::string path;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> batches;  ///< [begin, end)
};

Log batches_of(SimDisk& disk, const std::string& path) {
  Log log{path, {}};
  const auto node = *disk.open_node(SimDisk::Side::kLog, path, Files::Mode::kRead);
  const auto octets = node->data.all();
  const auto header = SegmentHeader::decode(octets);
  std::uint64_t at = SegmentHeader::kBytes;
  while (header && at < octets.size()) {
    const auto batch = BatchHeader::decode(std::string_view(octets).substr(at), header->salt);
    if (!batch) break;
    log.batches.emplace_back(at, at + batch->batch_bytes());
    at = log.batches.back().second;
  }
  return log;
}

void damage(SimDisk::Node& node, std::uint64_t at) {
  auto octet = node.data.read(at, 1);
  octet[0] = static_cast<char>(octet[0] ^ 0x20);
  node.data.write(at, octet);
}

Log find_log(SimDisk& disk) {
  for (const auto& name : *disk.list("/sim/log"))
    if (auto log = batches_of(disk, "/sim/log/" + name); !log.batches.empty()) return log;
  return {};
}

/// The state after the first `batches` of the three.
void expect_state(Store& store, int batches, BodyId body, const std::string& where) {
  const auto values = *run_sync(store.get({"Aa", "Ab", "Ac"}));
  EXPECT_EQ(values[0].has_value(), batches >= 1) << where;
  EXPECT_EQ(values[1].has_value(), batches >= 2) << where;
  EXPECT_EQ(values[2].has_value(), batches >= 3) << where;
  if (batches >= 3) EXPECT_EQ(body_now(store, body), "the octets of a body") << where;
  // And it goes on from there.
  EXPECT_EQ(commit_now(store, Txn().put("Ad", "4")), Outcome::kCommitted) << where;
}

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() {
    SimStore sim(disk_, big_segments());
    commit_now(*sim.store, Txn().put("Aa", "1"));
    commit_now(*sim.store, Txn().put("Ab", "2"));
    auto [id, txn] = body_txn(*sim.store, "the octets of a body", "M1");
    body_ = id;
    commit_now(*sim.store, std::move(txn.put("Ac", "3")));
    crashed_ = disk_.copy();
    log_ = find_log(*crashed_);
  }
  static RocksDbStore::Options big_segments() {
    auto options = small_options("/sim");
    options.maintenance_interval = std::chrono::hours(1);
    return options;
  }
  /// Opens a copy in which `change` was done to the log.
  template <class F>
  void after(F change, int batches, const std::string& where) {
    const auto copy = crashed_->copy();
    const auto node = *copy->open_node(SimDisk::Side::kLog, log_.path, Files::Mode::kWrite);
    auto octets = node->data.all();
    change(octets);
    node->data = node->synced = SimContent(octets);
    // Some twice: what the first recovery leaves has to be found again by the second.
    const int rounds = ++cases_ % 5 == 0 ? 2 : 1;
    for (int round = 0; round < rounds; ++round) {
      SimStore sim(*copy, big_segments());
      ASSERT_TRUE(sim.store) << where << ": " << sim.error;
      expect_state(*sim.store, batches, body_, where);
    }
  }

  SimDisk disk_;
  std::unique_ptr<SimDisk> crashed_;
  Log log_;
  BodyId body_;
  int cases_ = 0;
};

TEST_F(RecoveryTest, FindsAllBatches) {
  ASSERT_EQ(log_.batches.size(), 3U);
  after([](std::string&) {}, 3, "unchanged");
}

TEST_F(RecoveryTest, LastBatchCutAtEachOctet) {
  const auto [begin, end] = log_.batches.back();
  for (auto at = begin; at < end; ++at) {
    const auto where = "cut at " + std::to_string(at - begin);
    after([at](std::string& file) { file.resize(at); }, 2, where);
    after(
        [at](std::string& file) { std::fill(file.begin() + static_cast<long>(at), file.end(), 0); },
        2, where + ", zeros behind");
  }
}

TEST_F(RecoveryTest, LastBatchDamagedAtEachOctet) {
  const auto [begin, end] = log_.batches.back();
  for (auto at = begin; at < end; ++at)
    after([at](std::string& file) { file[at] = static_cast<char>(file[at] ^ 0x20); }, 2,
          "damaged at " + std::to_string(at - begin));
}

TEST_F(RecoveryTest, DamageInTheMiddleIsAnError) {
  const auto [begin, end] = log_.batches[1];
  for (auto at = begin; at < end; ++at) {
    const auto copy = crashed_->copy();
    const auto node = *copy->open_node(SimDisk::Side::kLog, log_.path, Files::Mode::kWrite);
    damage(*node, at);
    SimStore sim(*copy, big_segments());
    ASSERT_FALSE(sim.store) << "damaged at " << at - begin;
    EXPECT_NE(sim.error.find("is damaged at octet"), std::string::npos) << sim.error;
  }
}

/// Batches of two segments: the first one of the second is damaged, so no segment begins with a
/// sequence that tells.
TEST(RecoveryOfTwoSegments, DamageAtTheBeginningOfTheSecondIsAnError) {
  SimDisk disk;
  std::unique_ptr<SimDisk> crashed;
  {
    auto options = small_options("/sim");
    options.maintenance_interval = std::chrono::hours(1);
    SimStore sim(disk, options);
    ASSERT_TRUE(sim.store) << sim.error;
    // Mostly a body, so that the segment is not worth collecting: that would flush the records,
    // and no replay would look at the second one.
    auto [id, txn] = body_txn(*sim.store, std::string(4096, 'o'), "M1");
    ASSERT_EQ(commit_now(*sim.store, std::move(txn.put("Aa", "1"))), Outcome::kCommitted);
    // The next segment is ready, so that the sync that fails is that of the commit.
    ASSERT_TRUE(run_sync(sim.store->collect()));
    // The segment is given up, and the next one begins.
    disk.fail({SimDisk::Side::kLog, SimDisk::Kind::kSync, 1, EIO, 1});
    ASSERT_EQ(commit_now(*sim.store, Txn().put("Aa", "2")), Outcome::kFailed);
    for (const auto* key : {"Ab", "Ac"})
      ASSERT_EQ(commit_now(*sim.store, Txn().put(key, "1")), Outcome::kCommitted);
    crashed = disk.copy();
  }
  std::vector<Log> logs;
  for (const auto& name : *crashed->list("/sim/log"))
    if (auto log = batches_of(*crashed, "/sim/log/" + name); !log.batches.empty())
      logs.push_back(std::move(log));
  ASSERT_EQ(logs.size(), 2U);
  ASSERT_EQ(logs[1].batches.size(), 2U);
  const auto [begin, end] = logs[1].batches[0];
  for (auto at = begin; at < end; ++at) {
    const auto copy = crashed->copy();
    const auto node = *copy->open_node(SimDisk::Side::kLog, logs[1].path, Files::Mode::kWrite);
    damage(*node, at);
    SimStore sim(*copy);
    ASSERT_FALSE(sim.store) << "damaged at " << at - begin;
    EXPECT_NE(sim.error.find("is damaged at octet"), std::string::npos) << sim.error;
  }
}

TEST_F(RecoveryTest, ReplayOfAReplay) {
  // A crash while the replay itself is under way: nothing of it is flushed yet.
  const auto copy = crashed_->copy();
  for (int i = 0; i < 3; ++i) {
    SimStore sim(*copy, big_segments());
    ASSERT_TRUE(sim.store) << sim.error;
    expect_state(*sim.store, 3, body_, "round " + std::to_string(i));
  }
}

}  // namespace
}  // namespace hikyaku::store
