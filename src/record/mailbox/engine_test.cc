// SPDX-License-Identifier: Apache-2.0
// Goal: over the embedded engine, with its own threads and its disk, an account is what it is over
// the memory engine; what was answered is there after a restart; and a large mailbox works.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <numeric>
#include <thread>

#include "port/store/rocksdb_store.h"
#include "port/store/testing/temporary_directory.h"
#include "record/mailbox/testing/describe.h"
#include "record/mailbox/testing/rig.h"

namespace hikyaku::mailbox {
namespace {

using testing::describe;
using testing::must;
using testing::Rig;
using testing::uids;

class EmbeddedEngine : public ::testing::Test {
 protected:
  EmbeddedEngine() { restart(); }

  void restart() {
    account = nullptr;
    rig.reset();
    engine.reset();
    store::RocksDbStore::Options options;
    options.directory = directory.path();
    engine = must(store::RocksDbStore::open(std::move(options)));
    rig = std::make_unique<Rig>(*engine);
    account = rig->open();
  }

  std::vector<Uid> all(MailboxId mailbox) {
    const auto view = must(run_sync(account->view(mailbox)));
    return testing::uids_of(*view.index);
  }

  store::TemporaryDirectory directory;
  std::unique_ptr<store::RocksDbStore> engine;
  std::unique_ptr<Rig> rig;
  AccountPtr account;
};

TEST_F(EmbeddedEngine, ManyThreadsShareCommits) {
  constexpr int kThreads = 4, kEach = 40;
  const auto other = rig->open(2);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto placed =
            must(rig->deliver(i % 4 == 0 ? other : account, fmt::format("{} {}", t, i)));
        if (i % 4 == 0) continue;
        must(run_sync(account->change_flags(MailboxId(1), {placed.uid}, FlagChange::kAdd,
                                            i % 5 == 0 ? kDeleted : kSeen, {"key"}, {})));
        if (i % 7 == 0) must(run_sync(account->expunge(MailboxId(1), {})));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  must(run_sync(account->expunge(MailboxId(1), {})));
  const auto info = must(run_sync(account->find("INBOX"))).value();
  EXPECT_EQ(info.messages, kThreads * 24U);
  EXPECT_EQ(info.uid_next, Uid(kThreads * 30 + 1));
  EXPECT_EQ(rig->problems(), "");
  const auto before = describe(account), before_other = describe(other);
  restart();
  EXPECT_EQ(describe(account), before);
  EXPECT_EQ(describe(rig->open(2)), before_other);
  EXPECT_EQ(rig->problems(), "");
}

TEST_F(EmbeddedEngine, MailboxOf300000Messages) {
  constexpr std::size_t kMessages = 300'000;
  for (int i = 0; i < 10; ++i) must(rig->deliver(account, "message"));
  std::size_t count = 10;
  while (count < kMessages) {
    auto some = all(MailboxId(1));
    some.resize(std::min(some.size(), kMessages - count));
    const auto copied = must(run_sync(account->copy(MailboxId(1), some, MailboxId(1))));
    ASSERT_EQ(copied.to.size(), some.size());
    count += some.size();
  }
  // Scattered: one of a hundred, which no single commit can hold.
  std::vector<Uid> scattered;
  for (std::uint32_t uid = 50; uid <= kMessages; uid += 100) scattered.emplace_back(uid);
  const auto flagged = must(run_sync(
      account->change_flags(MailboxId(1), scattered, FlagChange::kAdd, kDeleted | kSeen, {}, {})));
  EXPECT_EQ(flagged.changed, scattered);
  EXPECT_EQ(must(run_sync(account->expunge(MailboxId(1), {}))), scattered);
  must(rig->deliver(account, "one more"));
  restart();
  const auto view = must(run_sync(account->view(MailboxId(1))));
  EXPECT_EQ(view.index->size(), kMessages - scattered.size() + 1);
  EXPECT_EQ(view.info->uid_next, Uid(kMessages + 2));
  EXPECT_EQ(view.index->find(Uid(50)), std::nullopt);
  EXPECT_EQ(view.index->find(Uid(151)), 150 - 2);
  EXPECT_EQ(rig->problems(), "");
  must(run_sync(account->create("archive", SpecialUse::kArchive)));
  const auto archive = must(run_sync(account->find("archive"))).value().id;
  const auto moved = must(run_sync(account->move(MailboxId(1), all(MailboxId(1)), archive)));
  EXPECT_EQ(moved.from.size(), view.index->size());
  EXPECT_EQ(must(run_sync(account->find("INBOX")))->messages, 0U);
  must(run_sync(account->remove("archive")));
  EXPECT_EQ(must(run_sync(account->octets_used())), 0U);
  EXPECT_EQ(rig->problems(), "");
}

}  // namespace
}  // namespace hikyaku::mailbox
