// SPDX-License-Identifier: Apache-2.0
// Goal: the embedded engine keeps what it promised when it is opened again, and says clearly why it
// can't be opened.
#include "port/store/rocksdb_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "port/store/testing/engines.h"
#include "port/store/testing/temporary_directory.h"
#include "port/store/testing/wait.h"

namespace hikyaku::store {
namespace {

std::unique_ptr<RocksDbStore> open_or_die(RocksDbStore::Options options) {
  auto store = RocksDbStore::open(std::move(options));
  EXPECT_TRUE(store) << store.error().text;
  return store ? *std::move(store) : nullptr;
}

void write_file(const std::string& path, std::string_view text) { std::ofstream(path) << text; }

class RocksDbStoreTest : public testing::Test {
 protected:
  void reopen() {
    store_.reset();
    store_ = open_or_die(small_options(place_.path()));
  }
  Store& store() { return *store_; }
  CheckReport check() {
    auto report = run_sync(store_->check(nullptr));
    EXPECT_TRUE(report);
    for (const auto& problem : report->problems)
      ADD_FAILURE() << problem.what.in(Language::kEnglish);
    return *report;
  }
  std::optional<std::string> get(std::string key) {
    return *run_sync(get_one(&store(), std::move(key)));
  }

  TemporaryDirectory place_;
  std::unique_ptr<RocksDbStore> store_ = open_or_die(small_options(place_.path()));
};

TEST_F(RocksDbStoreTest, OpensAgainWithEverything) {
  std::map<BodyId, std::string> want;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 60; ++i) {
      const std::string octets(static_cast<std::size_t>(i * 97 + round), 'a');
      auto [id, txn] = body_txn(store(), octets, "M" + std::to_string(want.size()));
      txn.put("Aa", std::to_string(want.size())).add("Tn", 1);
      ASSERT_EQ(commit_now(store(), std::move(txn)), Outcome::kCommitted);
      ASSERT_TRUE(want.emplace(id, octets).second) << "an id was given twice";
    }
    reopen();
    EXPECT_EQ(get("Aa"), std::to_string(want.size() - 1));
    for (const auto& [id, octets] : want) ASSERT_EQ(body_now(store(), id), octets);
    EXPECT_EQ(check().bodies, want.size());
  }
}

TEST_F(RocksDbStoreTest, OpensAgainAfterAFlush) {
  auto [id, txn] = body_txn(store(), "octets", "M1");
  ASSERT_EQ(commit_now(store(), std::move(txn)), Outcome::kCommitted);
  ASSERT_TRUE(run_sync(store().flush()));
  reopen();
  reopen();
  EXPECT_EQ(body_now(store(), id), "octets");
  EXPECT_GT(store().new_body().id(), id);
}

TEST_F(RocksDbStoreTest, ReplaysErasuresToo) {
  commit_now(store(), Txn().put("Ka", "1").put("Kb", "2").put("Kc", "3").put("Kd", "4"));
  commit_now(store(), Txn().erase("Ka").erase_range("Kb", "Kd").put("Kc", "5"));
  reopen();
  EXPECT_EQ(get("Ka"), std::nullopt);
  EXPECT_EQ(get("Kb"), std::nullopt);
  EXPECT_EQ(get("Kc"), "5");
  EXPECT_EQ(get("Kd"), "4");
}

TEST_F(RocksDbStoreTest, OneProcessAtATime) {
  const auto second = RocksDbStore::open(small_options(place_.path()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().remedy, Remedy::kRetryLater);  // it passes when the other one ends
  EXPECT_NE(second.error().text.find("another hikyaku uses"), std::string::npos)
      << second.error().text;
}

TEST_F(RocksDbStoreTest, SaysWhyADirectoryIsNotForIt) {
  store_.reset();
  const auto format = place_.path() + "/FORMAT";
  const auto error = [&] {
    auto store = RocksDbStore::open(small_options(place_.path()));
    return store ? std::string("opened") : store.error().text;
  };
  write_file(format, "hikyaku store 2\n");
  EXPECT_NE(error().find("made by a newer hikyaku"), std::string::npos) << error();
  write_file(format, "something else\n");
  EXPECT_NE(error().find("is not of hikyaku"), std::string::npos) << error();
  std::filesystem::remove(format);
  EXPECT_NE(error().find("has a log but no file FORMAT"), std::string::npos) << error();
  write_file(format, "hikyaku store 1\n");
  EXPECT_EQ(error(), "opened");
}

TEST_F(RocksDbStoreTest, SaysWhenALogFileIsMissingOrDamaged) {
  commit_now(store(), Txn().put("Aa", "1"));
  store_.reset();
  std::vector<std::filesystem::path> logs;
  for (const auto& entry : std::filesystem::directory_iterator(place_.path() + "/log"))
    logs.push_back(entry.path());
  for (const auto& log : logs) write_file(log, "xx");
  const auto damaged = RocksDbStore::open(small_options(place_.path()));
  ASSERT_FALSE(damaged);
  EXPECT_NE(damaged.error().text.find("has no valid header"), std::string::npos);
}

TEST_F(RocksDbStoreTest, CollectsWhatIsDead) {
  std::map<BodyId, std::string> kept;
  std::vector<std::pair<BodyId, std::string>> dead;
  for (int i = 0; i < 200; ++i) {
    std::string octets(5000, static_cast<char>('a' + i % 26));
    const auto holder = "M" + std::to_string(i);
    auto [id, txn] = body_txn(store(), octets, holder);
    ASSERT_EQ(commit_now(store(), std::move(txn)), Outcome::kCommitted);
    if (i % 4 == 0)
      kept[id] = octets;
    else
      dead.emplace_back(id, holder);
  }
  for (const auto& [id, holder] : dead)
    ASSERT_EQ(commit_now(store(), Txn().unlink(id, holder)), Outcome::kCommitted);
  ASSERT_TRUE(run_sync(store_->collect()));
  const auto report = check();
  EXPECT_EQ(report.bodies, kept.size());
  // A megabyte was written, a quarter of it lives, and the newest segments are not collected yet.
  EXPECT_LT(report.log_bytes, 600'000U);
  for (const auto& [id, octets] : kept) ASSERT_EQ(body_now(store(), id), octets);
  for (const auto& [id, holder] : dead)
    ASSERT_EQ(commit_now(store(), Txn().link(id, holder)), Outcome::kConflict);
  reopen();
  for (const auto& [id, octets] : kept) ASSERT_EQ(body_now(store(), id), octets);
  check();
}

TEST_F(RocksDbStoreTest, CheckFindsDamage) {
  auto [id, txn] = body_txn(store(), "a body that will be damaged", "M1");
  ASSERT_EQ(commit_now(store(), std::move(txn)), Outcome::kCommitted);
  ASSERT_TRUE(run_sync(store().flush()));
  for (const auto& entry : std::filesystem::directory_iterator(place_.path() + "/log")) {
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    std::string octets((std::istreambuf_iterator<char>(file)), {});
    if (const auto at = octets.find("damaged"); at != std::string::npos)
      file.seekp(static_cast<std::streamoff>(at)).put('D');
  }
  const auto report = run_sync(store_->check(nullptr));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problem_count, 1U);
  EXPECT_TRUE(body_now(store(), id).starts_with("error: ")) << "never a wrong octet";
}

}  // namespace
}  // namespace hikyaku::store
