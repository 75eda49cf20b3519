// SPDX-License-Identifier: Apache-2.0
// Goal: what a session or a delivery asks of an account happens, is durable, and is counted right.
#include "record/mailbox/mailbox.h"

#include <gtest/gtest.h>

#include "record/mailbox/testing/rig.h"

namespace hikyaku::mailbox {
namespace {

using testing::must;
using testing::Rig;
using testing::uids;
using testing::uids_of;

std::vector<std::string> names(AccountPtr account) {
  std::vector<std::string> out;
  for (const auto& info : must(run_sync(account->list())))
    out.push_back(info.name + (info.selectable ? "" : " (no select)"));
  return out;
}

View view(AccountPtr account, MailboxId id = MailboxId(1)) {
  return must(run_sync(account->view(id)));
}

Info find(AccountPtr account, std::string name) {
  return must(run_sync(account->find(std::move(name)))).value();
}

Status flag(AccountPtr account, std::vector<Uid> which, std::uint32_t flags) {
  const auto result = run_sync(
      account->change_flags(MailboxId(1), std::move(which), FlagChange::kAdd, flags, {}, {}));
  if (!result) return std::unexpected(result.error());
  return {};
}

TEST(Mailbox, NewAccountHasInboxOnly) {
  Rig rig;
  const auto account = rig.open();
  EXPECT_EQ(names(account), std::vector<std::string>{"INBOX"});
  const auto inbox = find(account, "iNbOx");
  EXPECT_EQ(inbox.uid_next, Uid(1));
  EXPECT_EQ(inbox.uid_validity, 1'700'000'000U);
  EXPECT_GE(inbox.highest_modseq, ModSeq(1));  // RFC 7162 §3.1.2.1: never 0
  EXPECT_EQ(view(account).index->size(), 0U);
}

TEST(Mailbox, DeliveryIsSeenCountedAndKept) {
  Rig rig;
  auto account = rig.open();
  const auto placed = must(rig.deliver(account, "hello", {}, kFlagged, {"$Forwarded"}));
  EXPECT_EQ(placed.uid, Uid(1));
  EXPECT_EQ(placed.mailbox, MailboxId(1));
  must(rig.deliver(account, "second", {}, kSeen));
  for (int round = 0; round < 2; ++round) {
    const auto now = view(account);
    ASSERT_EQ(now.index->size(), 2U);
    EXPECT_EQ(now.index->at(0).flags, kFlagged);
    EXPECT_EQ(now.index->at(0).keywords, 1U);
    EXPECT_EQ(now.info->keywords, std::vector<std::string>{"$Forwarded"});
    EXPECT_EQ(now.index->at(0).size, 5U);
    EXPECT_LT(now.index->at(0).modseq, now.index->at(1).modseq);
    EXPECT_EQ(now.info->highest_modseq, now.index->at(1).modseq);
    EXPECT_EQ(now.info->messages, 2U);
    EXPECT_EQ(now.info->unseen, 1U);
    EXPECT_EQ(now.info->octets, 11U);
    EXPECT_EQ(must(run_sync(account->octets_used())), 11U);
    const auto found = must(run_sync(
        account->messages({now.index->at(1).message, MessageId(99), now.index->at(0).message})));
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0]->size, 6U);
    EXPECT_FALSE(found[1]);
    EXPECT_EQ(found[2]->envelope, "(envelope of hello)");
    EXPECT_EQ(must(run_sync(rig.store.read_body(found[2]->body, 0, 100))), "hello");
    account = nullptr;
    rig.restart();
    account = rig.open();
  }
  EXPECT_EQ(rig.problems(), "");
}

TEST(Mailbox, OneCommitForSeveralAccountsAndMailboxes) {
  Rig rig;
  const auto one = rig.open(1), two = rig.open(2);
  const auto junk = must(run_sync(one->create("Junk", SpecialUse::kJunk)));
  store::Txn with;
  const Message message = rig.message("to many", &with);
  with.put("T-trail", "kept with it");
  std::vector<Target> targets{{two, {{}, 0, {}, message}},
                              {one, {{}, 0, {}, message}},
                              {one, {junk.id, 0, {}, message}},
                              {one, {MailboxId(77), kSeen, {}, message}}};
  const auto placed = must(run_sync(rig.mailboxes->deliver(targets, with)));
  ASSERT_EQ(placed.size(), 4U);
  EXPECT_EQ(placed[2].mailbox, junk.id);
  // A mailbox that is gone: INBOX takes its place.
  EXPECT_EQ(placed[3].mailbox, MailboxId(1));
  EXPECT_EQ(placed[3].uid, Uid(2));
  // RFC 8474 §5.1: copies have one EMAILID.
  EXPECT_EQ(placed[1].message, placed[2].message);
  EXPECT_EQ(rig.memory.live_bodies(), 1U);
  EXPECT_EQ(rig.memory.dump().at("T-trail"), "kept with it");
  EXPECT_EQ(rig.problems(), "");
}

TEST(Mailbox, DefaultsAreMadeOnce) {
  Rig rig;
  auto account = rig.open();
  must(run_sync(account->create("Sent", SpecialUse::kNone)));
  must(run_sync(account->make_default_mailboxes()));
  const std::vector<std::string> all{"INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"};
  EXPECT_EQ(names(account), all);
  EXPECT_EQ(find(account, "Sent").special_use, SpecialUse::kSent);
  EXPECT_TRUE(find(account, "Junk").subscribed);
  must(run_sync(account->remove("Archive")));
  account = nullptr;
  rig.restart();
  account = rig.open();
  must(run_sync(account->make_default_mailboxes()));
  // Not made again; its subscription stays.
  EXPECT_EQ(names(account).at(1), "Archive (no select)");
  must(run_sync(account->subscribe("Archive", false)));
  EXPECT_EQ(names(account).size(), 5U);
}

TEST(Mailbox, ASubscriptionOutlivesItsMailbox) {
  // RFC 9051 §6.3.7: the server does not take a name off the list by itself.
  Rig rig;
  auto account = rig.open();
  must(run_sync(account->create("a/b", SpecialUse::kNone)));
  const auto first = find(account, "a/b");
  must(run_sync(account->subscribe("a/b", true)));
  must(rig.deliver(account, "in b", first.id));
  must(run_sync(account->remove("a/b")));
  must(run_sync(account->remove("a")));
  account = nullptr;
  rig.restart();
  account = rig.open();
  EXPECT_EQ(names(account),
            (std::vector<std::string>{"INBOX", "a (no select)", "a/b (no select)"}));
  EXPECT_TRUE(find(account, "a/b").subscribed);
  EXPECT_FALSE(run_sync(account->remove("a/b")));
  EXPECT_FALSE(run_sync(account->rename("a/b", "c")));
  EXPECT_EQ(rig.memory.live_bodies(), 0U);
  // A mailbox that takes the name is another one, and subscribed.
  const auto again = must(run_sync(account->create("a/b", SpecialUse::kNone)));
  EXPECT_TRUE(again.subscribed);
  EXPECT_GT(again.uid_validity, first.uid_validity);
  must(run_sync(account->remove("a/b")));
  must(run_sync(account->create("other", SpecialUse::kNone)));
  must(run_sync(account->rename("other", "a/b")));
  EXPECT_TRUE(find(account, "a/b").selectable);
  EXPECT_TRUE(find(account, "a/b").subscribed);
  must(run_sync(account->remove("a/b")));
  // With the subscription go the names that only it kept.
  must(run_sync(account->subscribe("a/b", false)));
  EXPECT_EQ(names(account), std::vector<std::string>{"INBOX"});
  EXPECT_EQ(rig.problems(), "");
}

TEST(Mailbox, UidsAreToldInTheSameCommit) {
  Rig rig;
  const auto account = rig.open();
  must(rig.deliver(account, "one"));
  store::Txn with;
  const Message message = rig.message("two", &with);
  std::vector<Target> targets;
  for (int i = 0; i < 2; ++i) targets.push_back({account, {.message = message}});
  const std::string told_key = "told";
  const auto placed = must(run_sync(rig.mailboxes->deliver(
      std::move(targets), std::move(with), [&](std::span<const Placed> places, store::Txn& txn) {
        std::string uids;
        for (const auto& place : places) uids += std::to_string(place.uid.value) + ",";
        txn.put(told_key, std::move(uids));
      })));
  EXPECT_EQ(placed.size(), 2U);
  EXPECT_EQ(must(run_sync(store::get_one(&rig.memory, told_key))), "2,3,");
}

TEST(Mailbox, NamesThatCannotBe) {
  Rig rig;
  const auto account = rig.open();
  const std::vector<std::string> bad{"",      "/",         "/a",
                                     "a//b",  "a/\x01",    std::string(513, 'x'),
                                     "a\xff", "a\xc0\xaf", "a\xed\xa0\x80",
                                     "a\x7f", "a\xc2\x85", "a\xe2\x80\xa8",
                                     "inbox", "INBOX/"};
  for (const auto& name : bad) {
    const auto made = run_sync(account->create(name, SpecialUse::kNone));
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().remedy, Remedy::kPermanent);
  }
  for (const std::string name : {"飛脚/日本語", "a/", "Inbox/sub", "a b&c", "&AOQ-"})
    EXPECT_TRUE(run_sync(account->create(name, SpecialUse::kNone))) << name;
  EXPECT_EQ(names(account), (std::vector<std::string>{"INBOX", "&AOQ-", "INBOX/sub", "a", "a b&c",
                                                      "飛脚", "飛脚/日本語"}));
}

TEST(Mailbox, DeletedParentStaysAsALevel) {
  // RFC 9051 §6.3.5: "INBOX, foo, foo/bar": DELETE foo leaves foo as \NonExistent.
  Rig rig;
  auto account = rig.open();
  must(run_sync(account->create("foo/bar", SpecialUse::kNone)));
  const auto foo = find(account, "foo");
  must(rig.deliver(account, "in foo", foo.id));
  must(run_sync(account->remove("foo")));
  EXPECT_EQ(names(account), (std::vector<std::string>{"INBOX", "foo (no select)", "foo/bar"}));
  EXPECT_FALSE(run_sync(account->remove("foo")));
  EXPECT_FALSE(run_sync(account->view(foo.id)));
  EXPECT_EQ(rig.memory.live_bodies(), 0U);
  EXPECT_EQ(must(run_sync(account->octets_used())), 0U);
  account = nullptr;
  rig.restart();
  account = rig.open();
  const auto again = must(run_sync(account->create("foo", SpecialUse::kNone)));
  EXPECT_TRUE(again.selectable);
  EXPECT_GT(again.uid_validity, foo.uid_validity);
  EXPECT_NE(again.id, foo.id);
  must(run_sync(account->remove("foo")));
  // The last child takes the empty level with it.
  must(run_sync(account->remove("foo/bar")));
  EXPECT_EQ(names(account), std::vector<std::string>{"INBOX"});
  EXPECT_EQ(rig.problems(), "");
}

TEST(Mailbox, RenameTakesChildrenAlong) {
  Rig rig;
  auto account = rig.open();
  must(run_sync(account->create("a/b/c", SpecialUse::kNone)));
  must(run_sync(account->create("ab", SpecialUse::kNone)));
  const auto b = find(account, "a/b");
  must(rig.deliver(account, "in b", b.id));
  EXPECT_FALSE(run_sync(account->rename("a", "a/x")));
  EXPECT_FALSE(run_sync(account->rename("a", "ab")));
  EXPECT_FALSE(run_sync(account->rename("none", "x")));
  must(run_sync(account->rename("a", "new/parent/z")));
  const std::vector<std::string> all{
      "INBOX", "ab", "new", "new/parent", "new/parent/z", "new/parent/z/b", "new/parent/z/b/c"};
  EXPECT_EQ(names(account), all);
  account = nullptr;
  rig.restart();
  account = rig.open();
  EXPECT_EQ(names(account), all);
  const auto moved = find(account, "new/parent/z/b");
  EXPECT_EQ(moved.id, b.id);
  EXPECT_EQ(moved.uid_validity, b.uid_validity);
  EXPECT_EQ(moved.messages, 1U);
  // The old name is free, and its new holder has another UIDVALIDITY.
  EXPECT_GT(must(run_sync(account->create("a/b", SpecialUse::kNone))).uid_validity, b.uid_validity);
  EXPECT_EQ(rig.problems(), "");
}

TEST(Mailbox, ARenameLeavesSubscriptionsWithTheirNames) {
  // RFC 9051 §6.3.7: the server does not take a name off the list by itself.
  Rig rig;
  auto account = rig.open();
  must(run_sync(account->create("a/b/c", SpecialUse::kNone)));
  must(run_sync(account->create("a/d", SpecialUse::kNone)));
  must(run_sync(account->subscribe("a", true)));
  must(run_sync(account->subscribe("a/b/c", true)));
  must(run_sync(account->subscribe("a/d", true)));
  must(run_sync(account->remove("a/d")));  // a name without a mailbox, which stays where it is
  const auto c = find(account, "a/b/c");
  must(rig.deliver(account, "in c", c.id));
  must(run_sync(account->rename("a", "z")));
  const std::vector<std::string> renamed{
      "INBOX", "a (no select)", "a/b (no select)", "a/b/c (no select)", "a/d (no select)", "z",
      "z/b",   "z/b/c"};
  account = nullptr;
  rig.restart();
  account = rig.open();
  EXPECT_EQ(names(account), renamed);
  for (const char* name : {"a", "a/b/c", "a/d"}) EXPECT_TRUE(find(account, name).subscribed);
  for (const char* name : {"a/b", "z", "z/b", "z/b/c"})
    EXPECT_FALSE(find(account, name).subscribed) << name;
  EXPECT_EQ(find(account, "z/b/c").id, c.id);
  EXPECT_EQ(find(account, "z/b/c").messages, 1U);
  // Back again: names without a mailbox are free, and give back what they kept.
  must(run_sync(account->rename("z", "a")));
  EXPECT_EQ(names(account),
            (std::vector<std::string>{"INBOX", "a", "a/b", "a/b/c", "a/d (no select)"}));
  EXPECT_TRUE(find(account, "a/b/c").subscribed);
  EXPECT_EQ(find(account, "a/b/c").id, c.id);
  // A mailbox takes the name above it, when that has no mailbox.
  must(run_sync(account->create("p/q/r", SpecialUse::kNone)));
  must(run_sync(account->create("p/s", SpecialUse::kNone)));
  must(run_sync(account->remove("p")));
  const auto q = find(account, "p/q");
  must(run_sync(account->rename("p/q", "p")));
  EXPECT_EQ(find(account, "p").id, q.id);
  EXPECT_TRUE(find(account, "p/r").selectable);
  EXPECT_TRUE(find(account, "p/s").selectable);
  // What is there already is not overwritten, not even by a child.
  must(run_sync(account->create("t/s", SpecialUse::kNone)));
  must(run_sync(account->create("u/s", SpecialUse::kNone)));
  must(run_sync(account->remove("u")));
  EXPECT_FALSE(run_sync(account->rename("t", "u")));
  for (const char* name : {"a", "a/b", "a/b/c", "p", "p/r", "p/s", "t", "t/s", "u/s"}) {
    ignore(run_sync(account->subscribe(name, false)), "some have no mailbox");
    ignore(run_sync(account->remove(name)), "some have no mailbox");
  }
  must(run_sync(account->subscribe("a/d", false)));
  EXPECT_EQ(names(account), std::vector<std::string>{"INBOX"});
  account = nullptr;
  rig.restart();
  account = rig.open();
  EXPECT_EQ(names(account), std::vector<std::string>{"INBOX"});
  EXPECT_EQ(rig.problems(), "");
}

TEST(Mailbox, RenamingInboxMovesItsMessages) {
  // RFC 9051 §6.3.6
  Rig rig;
  const auto account = rig.open();
  must(run_sync(account->create("INBOX/sub", SpecialUse::kNone)));
  must(rig.deliver(account, "one"));
  must(rig.deliver(account, "two"));
  const auto before = find(account, "INBOX");
  must(run_sync(account->rename("INBOX", "old mail")));
  const auto inbox = find(account, "INBOX");
  EXPECT_EQ(inbox.id, before.id);
  EXPECT_EQ(inbox.messages, 0U);
  EXPECT_EQ(inbox.uid_next, Uid(3));
  EXPECT_EQ(find(account, "old mail").messages, 2U);
  EXPECT_TRUE(must(run_sync(account->find("INBOX/sub"))));
  EXPECT_EQ(rig.problems(), "");
}

TEST(Mailbox, FlagsChangeWhatTheyShould) {
  Rig rig;
  const auto account = rig.open();
  for (int i = 0; i < 4; ++i) must(rig.deliver(account, "m"));
  const auto before = view(account);
  const auto change = [&](std::vector<Uid> which, FlagChange how, std::uint32_t flags,
                          std::vector<std::string> keywords) {
    return must(run_sync(account->change_flags(MailboxId(1), std::move(which), how, flags,
                                               std::move(keywords), {})));
  };
  EXPECT_EQ(change(uids({3, 1, 9, 3}), FlagChange::kAdd, kSeen | kDeleted, {"Work"}).changed,
            uids({1, 3}));
  auto now = view(account);
  EXPECT_EQ(now.info->unseen, 2U);
  EXPECT_EQ(now.info->deleted, 2U);
  EXPECT_EQ(now.index->at(0).modseq, now.index->at(2).modseq);
  EXPECT_EQ(now.index->at(0).modseq, now.info->highest_modseq);
  EXPECT_EQ(now.index->at(1).modseq, before.index->at(1).modseq);
  // A view does not move under its session.
  EXPECT_EQ(before.index->at(0).flags, 0U);
  // What is so already changes nothing, not even the modseq.
  EXPECT_TRUE(change(uids({1}), FlagChange::kAdd, kSeen, {"work"}).changed.empty());
  EXPECT_EQ(view(account).info->highest_modseq, now.info->highest_modseq);
  EXPECT_EQ(change(uids({1}), FlagChange::kRemove, kDeleted, {"WORK", "unknown"}).changed,
            uids({1}));
  EXPECT_EQ(view(account).info->keywords, std::vector<std::string>{"Work"});
  EXPECT_EQ(change(uids({1, 2}), FlagChange::kSet, kDraft, {}).changed, uids({1, 2}));
  now = view(account);
  EXPECT_EQ(now.index->at(0).flags, kDraft);
  EXPECT_EQ(now.index->at(2).keywords, 1U);
  EXPECT_EQ(now.info->unseen, 3U);
  EXPECT_EQ(rig.problems(), "");
}

TEST(Mailbox, UnchangedSinceRefusesWhatChanged) {
  // RFC 7162 §3.1.3
  Rig rig;
  const auto account = rig.open();
  for (int i = 0; i < 3; ++i) must(rig.deliver(account, "m"));
  const auto since = view(account).info->highest_modseq;
  must(flag(account, uids({2}), kFlagged));
  const auto result = must(run_sync(account->change_flags(
      MailboxId(1), uids({1, 2, 3}), FlagChange::kAdd, kDeleted, {}, Unchanged{since, nullptr})));
  EXPECT_EQ(result.changed, uids({1, 3}));
  EXPECT_EQ(result.refused, uids({2}));
}

TEST(Mailbox, UnchangedSinceLooksAtTheFlagsOfTheStoreOnly) {
  // RFC 7162 §3.1.12
  Rig rig;
  const auto account = rig.open();
  for (int i = 0; i < 3; ++i) must(rig.deliver(account, "m"));
  const auto told = view(account);
  const auto since = told.info->highest_modseq;
  const auto store = [&](FlagChange change, std::uint32_t flags, std::vector<std::string> keywords,
                         ModSeq from) {
    return must(run_sync(account->change_flags(MailboxId(1), uids({1, 2, 3}), change, flags,
                                               std::move(keywords), Unchanged{from, told.index})));
  };
  must(flag(account, uids({2}), kFlagged));
  auto result = store(FlagChange::kAdd, 0, {"$Processed"}, since);
  EXPECT_EQ(result.changed, uids({1, 2, 3}));
  EXPECT_TRUE(result.refused.empty());
  // Now all have it, and this client was not told so.
  EXPECT_EQ(store(FlagChange::kRemove, 0, {"$Processed"}, since).refused, uids({1, 2, 3}));
  EXPECT_EQ(store(FlagChange::kAdd, kFlagged | kDeleted, {}, since).refused, uids({2}));
  EXPECT_EQ(store(FlagChange::kSet, kSeen, {}, since).refused, uids({1, 2, 3}));
  // 0 means: unless the flag exists, which system flags always do (§3.1.3).
  EXPECT_EQ(store(FlagChange::kAdd, kAnswered, {}, ModSeq(0)).refused, uids({1, 2, 3}));
}

TEST(Mailbox, TooManyKeywordsAreRefusedInStoreAndDroppedInDelivery) {
  Rig rig;
  const auto account = rig.open();
  std::vector<std::string> many;
  for (std::size_t i = 0; i <= kKeywordsMax; ++i) many.push_back(fmt::format("k{}", i));
  must(rig.deliver(account, "m", {}, 0, many));
  EXPECT_EQ(view(account).info->keywords.size(), kKeywordsMax);
  const auto refused = run_sync(
      account->change_flags(MailboxId(1), uids({1}), FlagChange::kAdd, 0, {"one more"}, {}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remedy, Remedy::kPermanent);
}

TEST(Mailbox, ExpungeTakesDeletedOnesAndTheirBodies) {
  Rig rig;
  const auto account = rig.open();
  for (int i = 0; i < 5; ++i) must(rig.deliver(account, "message"));
  must(flag(account, uids({1, 3, 5}), kDeleted));
  // RFC 4315 §2.1: UID EXPUNGE takes only those that are named.
  EXPECT_EQ(must(run_sync(account->expunge(MailboxId(1), uids({2, 3})))), uids({3}));
  EXPECT_EQ(must(run_sync(account->expunge(MailboxId(1), {}))), uids({1, 5}));
  EXPECT_EQ(must(run_sync(account->erase(MailboxId(1), uids({4, 8})))), uids({4}));
  const auto now = view(account);
  EXPECT_EQ(uids_of(*now.index), uids({2}));
  EXPECT_EQ(now.info->uid_next, Uid(6));
  EXPECT_EQ(now.info->octets, 7U);
  EXPECT_EQ(rig.memory.live_bodies(), 1U);
  EXPECT_EQ(rig.problems(), "");
}

TEST(Mailbox, CopiesShareTheMessageUntilTheLastIsGone) {
  Rig rig;
  const auto account = rig.open();
  const auto other = must(run_sync(account->create("other", SpecialUse::kNone)));
  must(rig.deliver(account, "one", {}, kSeen, {"a", "b"}));
  must(rig.deliver(account, "two", {}, kFlagged, {"b"}));
  const auto copied = must(run_sync(account->copy(MailboxId(1), uids({2, 1, 7}), other.id)));
  EXPECT_EQ(copied.uid_validity, other.uid_validity);
  EXPECT_EQ(copied.from, uids({1, 2}));
  EXPECT_EQ(copied.to, uids({1, 2}));
  const auto there = view(account, other.id);
  EXPECT_EQ(there.index->at(0).message, view(account).index->at(0).message);
  EXPECT_EQ(there.index->at(0).flags, kSeen);
  EXPECT_EQ(there.info->keywords, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(must(run_sync(account->octets_used())), 12U);
  must(run_sync(account->copy(other.id, uids({1}), other.id)));
  must(run_sync(account->erase(MailboxId(1), uids({1, 2}))));
  EXPECT_EQ(rig.memory.live_bodies(), 2U);
  must(run_sync(account->erase(other.id, uids({1, 2}))));
  EXPECT_EQ(rig.memory.live_bodies(), 1U);
  EXPECT_EQ(rig.problems(), "");
  must(run_sync(account->remove("other")));
  EXPECT_EQ(rig.memory.live_bodies(), 0U);
  EXPECT_EQ(rig.problems(), "");
}

TEST(Mailbox, MoveKeepsTheMessage) {
  Rig rig;
  const auto account = rig.open();
  const auto other = must(run_sync(account->create("other", SpecialUse::kNone)));
  for (int i = 0; i < 3; ++i) must(rig.deliver(account, "m", {}, 0, {"k"}));
  const auto id = view(account).index->at(1).message;
  const auto moved = must(run_sync(account->move(MailboxId(1), uids({2}), other.id)));
  EXPECT_EQ(moved.to, uids({1}));
  EXPECT_EQ(view(account, other.id).index->at(0).message, id);
  EXPECT_EQ(uids_of(*view(account).index), uids({1, 3}));
  // Within one mailbox: a new UID at the end.
  EXPECT_EQ(must(run_sync(account->move(MailboxId(1), uids({1}), MailboxId(1)))).to, uids({4}));
  EXPECT_EQ(uids_of(*view(account).index), uids({3, 4}));
  EXPECT_FALSE(run_sync(account->move(MailboxId(1), uids({3}), MailboxId(55))));
  EXPECT_EQ(rig.problems(), "");
}

TEST(Mailbox, ChangeLogTellsEverything) {
  Rig rig;
  const auto account = rig.open();
  for (int i = 0; i < 5; ++i) must(rig.deliver(account, "m"));
  const auto since = view(account).info->highest_modseq;
  must(flag(account, uids({1, 2, 3, 5}), kDeleted));
  must(run_sync(account->expunge(MailboxId(1), {})));
  const auto made = must(run_sync(account->create("x", SpecialUse::kNone)));
  const auto changes = must(run_sync(account->changes(since, 100)));
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].kind, Change::Kind::kFlags);
  EXPECT_EQ(changes[1].kind, Change::Kind::kExpunged);
  EXPECT_EQ(changes[1].uids, uids({1, 2, 3, 5}));
  EXPECT_EQ(changes[2].kind, Change::Kind::kMailbox);
  EXPECT_EQ(changes[2].mailbox, made.id);
  const auto rest = must(run_sync(account->changes(changes[0].modseq, 1)));
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].modseq, changes[1].modseq);
  EXPECT_TRUE(must(run_sync(account->changes(changes[2].modseq, 1))).empty());
}

TEST(Mailbox, LargeSummariesAreKeptInParts) {
  Rig rig;
  const auto account = rig.open();
  for (const std::size_t size : {10UL, 79'990UL, 80'001UL, 200'000UL, kSummaryOctetsMax + 1}) {
    store::Txn with;
    Message message = rig.message("body", &with);
    message.envelope = std::string(size, 'e');
    message.structure.clear();
    const auto placed =
        must(run_sync(rig.mailboxes->deliver({{account, {{}, 0, {}, message}}}, std::move(with))));
    const auto found = must(run_sync(account->messages({placed[0].message})));
    EXPECT_EQ(found[0]->envelope.size(), size > kSummaryOctetsMax ? 0 : size);
  }
  EXPECT_EQ(rig.problems(), "");
  must(run_sync(account->erase(MailboxId(1), uids({1, 2, 3, 4, 5}))));
  EXPECT_EQ(rig.memory.live_bodies(), 0U);
  for (const auto& [key, value] : rig.memory.dump()) EXPECT_NE(key[0], 'M');
}

TEST(Mailbox, ErasedAccountLeavesNothing) {
  Rig rig;
  const auto account = rig.open(5), other = rig.open(6);
  must(run_sync(account->create("a/b", SpecialUse::kNone)));
  for (int i = 0; i < 3; ++i) must(rig.deliver(account, "m"));
  must(rig.deliver(other, "stays"));
  const auto validity = find(account, "INBOX").uid_validity;
  must(run_sync(rig.mailboxes->erase_account(AccountId(5))));
  EXPECT_EQ(rig.memory.live_bodies(), 1U);
  for (const auto& [key, value] : rig.memory.dump()) EXPECT_NE(key[8], 5);
  const auto late = rig.deliver(account, "too late");
  ASSERT_FALSE(late);
  EXPECT_EQ(find(other, "INBOX").messages, 1U);
  rig.clock.advance(std::chrono::seconds(1));
  EXPECT_GT(find(rig.open(5), "INBOX").uid_validity, validity);
  EXPECT_EQ(rig.problems(), "");
}

}  // namespace
}  // namespace hikyaku::mailbox
