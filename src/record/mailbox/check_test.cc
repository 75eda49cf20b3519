// SPDX-License-Identifier: Apache-2.0
// Goal: the check finds each kind of damage, says what it would do, and a repair leaves nothing to
// find while the mail that is there stays readable.
#include "record/mailbox/check.h"

#include <gtest/gtest.h>

#include "record/mailbox/keys.h"
#include "record/mailbox/records.h"
#include "record/mailbox/testing/rig.h"

namespace hikyaku::mailbox {
namespace {

using testing::must;
using testing::Rig;
using testing::uids;

constexpr AccountId kAccount{1};

/// Five messages, two of them copied, in a store that can be damaged.
class Damaged {
 public:
  Damaged() {
    const auto account = rig.open();
    for (int i = 0; i < 5; ++i) must(rig.deliver(account, "message"));
    other = must(run_sync(account->create("other", SpecialUse::kNone))).id;
    must(run_sync(account->copy(MailboxId(1), uids({1, 2}), other)));
  }

  void write(store::Txn txn) {
    HK_ASSERT(run_sync(submit(std::move(txn))).outcome == store::Outcome::kCommitted);
  }
  std::vector<store::Finding> check() { return must(run_sync(mailbox::check(&rig.store))); }
  /// There is a finding that contains `what`; all can be repaired, and then there is none.
  void expect(std::string_view what) {
    std::string all;
    for (auto& finding : check()) {
      all += finding.what.in(Language::kEnglish) + "\n";
      EXPECT_FALSE(finding.repair.empty());
      write(finding.fix);
      // A fix is for what was found, and for nothing that came later.
      EXPECT_EQ(run_sync(submit(std::move(finding.fix))).outcome, store::Outcome::kConflict);
    }
    EXPECT_NE(all.find(what), std::string::npos) << all;
    EXPECT_EQ(rig.problems(), "");
  }

  Rig rig;
  MailboxId other;

 private:
  Task<store::CommitResult> submit(store::Txn txn) {
    co_return co_await rig.store.submit(std::move(txn));
  }
};

TEST(Check, SoundStoreHasNoProblems) {
  Damaged store;
  CheckProgress checked;
  const auto found = must(run_sync(mailbox::check(
      &store.rig.store, {.progress = [&](const CheckProgress& p) { checked = p; }})));
  EXPECT_TRUE(found.empty());
  EXPECT_EQ(checked.accounts, 1U);
  EXPECT_EQ(checked.mailboxes, 2U);
  EXPECT_EQ(checked.messages, 7U);
}

TEST(Check, WrongCountsAreWrittenAnewAndNeverHideMail) {
  Damaged store;
  const auto key = key::mailbox(kAccount, MailboxId(1));
  auto record = must(decode_mailbox(MailboxId(1), store.rig.memory.dump().at(key)));
  record.info.messages = 3;
  record.info.octets = 1;
  record.info.uid_next = Uid(6);
  store.write(store::Txn().put(key, encode(record)));
  store.rig.restart();
  // Before any repair: the index is right, and is shown.
  const auto account = store.rig.open();
  const auto view = must(run_sync(account->view(MailboxId(1))));
  EXPECT_EQ(view.index->size(), 5U);
  EXPECT_EQ(view.info->messages, 5U);
  EXPECT_EQ(view.info->octets, 35U);
  store.expect("counts 3 messages");
  // The running server notices the repair and goes on.
  must(store.rig.deliver(account, "more"));
  EXPECT_EQ(store.rig.problems(), "");
}

TEST(Check, UidNextBelowAUid) {
  Damaged store;
  const auto key = key::mailbox(kAccount, MailboxId(1));
  auto record = must(decode_mailbox(MailboxId(1), store.rig.memory.dump().at(key)));
  record.info.uid_next = Uid(2);
  store.write(store::Txn().put(key, encode(record)));
  store.expect("UIDNEXT 2 is not above UID 5");
}

TEST(Check, MessageInNoMailbox) {
  Damaged store;
  store.write(store::Txn().erase(key::tail(kAccount, MailboxId(1), Uid(5))));
  EXPECT_EQ(store.rig.memory.live_bodies(), 5U);
  store.expect("is in no mailbox");
  EXPECT_EQ(store.rig.memory.live_bodies(), 4U);
}

TEST(Check, WrongReferenceCounts) {
  Damaged store;
  const auto key = key::references(kAccount, MessageId(1));
  store.write(store::Txn().erase(key));
  store.expect("counts 1 mailbox entries, there are 2");
  EXPECT_EQ(store.rig.memory.dump().at(key), encode(ReferenceBlock{{1, 2}, {2, 2}}));
  store.write(store::Txn().put(key, encode(ReferenceBlock{{1, 2}, {2, 2}, {4, 7}})));
  store.expect("message 4: counts 7 mailbox entries, there are 1");
  store.write(
      store::Txn().put(key::references(kAccount, MessageId(400)), encode(ReferenceBlock{{5, 2}})));
  store.expect("message 261: has a reference count, but is gone");
}

TEST(Check, IndexWithoutAMailbox) {
  Damaged store;
  store.write(
      store::Txn().put(key::tail(kAccount, MailboxId(9), Uid(1)),
                       store.rig.memory.dump().at(key::tail(kAccount, MailboxId(1), Uid(1)))));
  store.expect("has an index, but does not exist");
}

TEST(Check, WhatOnlyABackupCanHelpIsTold) {
  Damaged store;
  const std::string chunk = key::tail(kAccount, MailboxId(1), Uid(4));
  store.write(store::Txn().erase(key::message(kAccount, MessageId(3))).put(chunk, "?"));
  store.write(store::Txn().unlink(BodyId(1), key::message(kAccount, MessageId(1))));
  std::string all;
  for (const auto& finding : store.check()) all += finding.what.in(Language::kEnglish) + "\n";
  EXPECT_NE(all.find("message 3: 1 mailbox entries refer to it, but it is gone"),
            std::string::npos);
  EXPECT_NE(all.find("index record at UID 4 is damaged"), std::string::npos);
  EXPECT_NE(all.find("message 1: its body 1 cannot be read"), std::string::npos) << all;
}

}  // namespace
}  // namespace hikyaku::mailbox
