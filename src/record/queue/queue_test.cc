// SPDX-License-Identifier: Apache-2.0
// Goal: an item, its due entry, its hold on the body and the count change together or not at all;
// two who change the same item can't both win; 100,000 items are loaded by their due index alone.
#include "record/queue/queue.h"

#include <gtest/gtest.h>

#include "base/task_scope.h"
#include "port/store/memory_store.h"
#include "record/queue/check.h"
#include "record/queue/format.h"

namespace hikyaku::queue {
namespace {

using store::MemoryStore;
using store::Outcome;

constexpr UnixTime kStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 14};

Outcome commit(store::Store& store, store::Txn txn) {
  auto wait = [](store::Store* s, store::Txn t) -> Task<Outcome> {
    co_return (co_await s->submit(std::move(t))).outcome;
  };
  return run_sync(wait(&store, std::move(txn)));
}

struct Site {
  MemoryStore store;
  ManualClock clock{kStart};

  Item make(store::Txn& txn, std::string destination = "example.net") {
    auto body = store.new_body();
    body.append("Return-Path: <a@example.org>\r\nSubject: hi\r\n\r\nhi\r\n");
    Item item;
    item.id = next_id(clock);
    item.tracking = TrackingId(5);
    item.sender = "a@example.org";
    item.envelope_id = "QQ314159";
    item.ret = 2;
    item.recipients = {{"b@" + destination, "rfc822;b@example.net", 6, State::kWaiting, ""},
                       {"c@" + destination, "", 0, State::kDelivered, "250 2.0.0 ok"}};
    item.destination = std::move(destination);
    item.body = body.id();
    item.skip_octets = 30;
    item.size = body.size() - 30;
    item.eight_bit = true;
    item.created = clock.now();
    item.due = clock.now();
    txn.with(std::move(body));
    add(txn, item);
    return item;
  }
  Item put(std::string destination = "example.net") {
    store::Txn txn;
    auto item = make(txn, std::move(destination));
    EXPECT_EQ(commit(store, std::move(txn)), Outcome::kCommitted);
    return item;
  }
  std::uint64_t count() { return run_sync(queue::count(&store)).value(); }
  std::vector<Due> due() { return run_sync(queue::due(&store, std::nullopt, 1'000'000)).value(); }
  std::vector<store::Finding> check() { return run_sync(queue::check(&store)).value(); }
};

TEST(Queue, AnItemComesBackWhole) {
  Site site;
  const auto item = site.put();
  const auto back = run_sync(read(&site.store, item.id));
  ASSERT_TRUE(back.has_value() && back->has_value());
  EXPECT_EQ(format::encode(**back), format::encode(item));
  EXPECT_EQ((*back)->recipients[1].last_reply, "250 2.0.0 ok");
  EXPECT_EQ((*back)->recipients[0].notify, 6);
  EXPECT_EQ((*back)->due, kStart);
  EXPECT_TRUE((*back)->eight_bit);
  EXPECT_FALSE((*back)->delay_warned);
  EXPECT_EQ(site.count(), 1U);
  EXPECT_EQ(parse_id(to_text(item.id)), item.id);
  EXPECT_TRUE(site.check().empty());
}

TEST(Queue, UpdateMovesTheDueEntry) {
  Site site;
  const auto item = site.put();
  auto after = item;
  after.attempts = 1;
  after.due += std::chrono::minutes(5);
  after.recipients[0].last_reply = std::string(5'000, 'x');
  store::Txn txn;
  update(txn, item, after);
  ASSERT_EQ(commit(site.store, std::move(txn)), Outcome::kCommitted);
  const auto due = site.due();
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].due, after.due);
  EXPECT_EQ(due[0].destination, "example.net");
  EXPECT_EQ(run_sync(read(&site.store, item.id)).value()->recipients[0].last_reply.size(),
            kReplyOctetsMax);
  // What was written, cut included, is what the next change starts from.
  store::Txn next;
  remove(next, after);
  EXPECT_EQ(commit(site.store, std::move(next)), Outcome::kCommitted);
  EXPECT_TRUE(site.store.dump().size() <= 1);  // the count
  EXPECT_EQ(site.store.live_bodies(), 0U);
  EXPECT_EQ(site.count(), 0U);
  EXPECT_FALSE(run_sync(read(&site.store, item.id)).value().has_value());
}

TEST(Queue, OfTwoWhoChangeAnItemOneWins) {
  Site site;
  const auto item = site.put();
  auto retried = item;
  retried.due -= std::chrono::minutes(5);
  store::Txn one, two;
  update(one, item, retried);
  remove(two, item);
  EXPECT_EQ(commit(site.store, std::move(one)), Outcome::kCommitted);
  EXPECT_EQ(commit(site.store, std::move(two)), Outcome::kConflict);
  EXPECT_EQ(site.count(), 1U);
  EXPECT_EQ(site.store.live_bodies(), 1U);
  EXPECT_TRUE(site.check().empty());
}

TEST(Queue, AnIdIsNeverTakenTwice) {
  Site site;
  const auto item = site.put();
  store::Txn txn;
  add(txn, item);
  EXPECT_EQ(commit(site.store, std::move(txn)), Outcome::kConflict);
}

TEST(Queue, ABodyLivesUntilItsLastItemGoes) {
  Site site;
  store::Txn txn;
  auto one = site.make(txn);
  auto two = one;
  two.id = next_id(site.clock);
  add(txn, two);
  ASSERT_EQ(commit(site.store, std::move(txn)), Outcome::kCommitted);
  for (const auto& item : {one, two}) {
    EXPECT_EQ(site.store.live_bodies(), 1U);
    store::Txn gone;
    remove(gone, item);
    ASSERT_EQ(commit(site.store, std::move(gone)), Outcome::kCommitted);
  }
  EXPECT_EQ(site.store.live_bodies(), 0U);
}

TEST(Queue, DueIsOrderedAndGoesOn) {
  Site site;
  std::vector<Item> items;
  for (int i = 0; i < 10; ++i) {
    items.push_back(site.put("d" + std::to_string(i) + ".example"));
    site.clock.advance(std::chrono::seconds(i % 3 == 0 ? 0 : 1));
  }
  std::vector<std::string> seen;
  std::optional<Due> after;
  for (;;) {
    const auto page = run_sync(due(&site.store, after, 3)).value();
    for (const auto& one : page) seen.push_back(one.destination);
    if (page.size() < 3) break;
    after = page.back();
  }
  ASSERT_EQ(seen.size(), items.size());
  for (std::size_t i = 0; i < items.size(); ++i) EXPECT_EQ(seen[i], items[i].destination);
}

TEST(Queue, AHundredThousandItemsAreLoadedWithoutReadingThem) {
  Site site;
  constexpr std::size_t kItems = 100'000;
  for (std::size_t i = 0; i < kItems; i += 1'000) {
    store::Txn txn;
    for (std::size_t j = i; j < i + 1'000; ++j) {
      const auto id = QueueId(j + 1);
      txn.put(format::due_key(kStart + Duration(j), id), format::due_value("example.net", {}));
    }
    ASSERT_EQ(commit(site.store, std::move(txn)), Outcome::kCommitted);
  }
  const auto before = site.store.operations();
  const auto all = site.due();
  ASSERT_EQ(all.size(), kItems);
  EXPECT_EQ(all.back().id, QueueId(kItems));
  EXPECT_LE(site.store.operations() - before, kItems / 4'096 + 1);
}

TEST(Queue, ListsWhatFits) {
  Site site;
  const auto net = site.put("example.net");
  const auto com = site.put("example.com");
  struct Case {
    Filter filter;
    std::size_t items;
  };
  for (const auto& [filter, items] : {
           Case{{}, 2},
           Case{{.sender = "A@EXAMPLE.org"}, 2},
           Case{{.sender = "example.org"}, 2},
           Case{{.sender = "@example.org"}, 2},
           Case{{.sender = "ample.org"}, 0},
           Case{{.sender = "<>"}, 0},
           Case{{.recipient = "b@example.com"}, 1},
           Case{{.recipient = "example.com"}, 1},
           Case{{.recipient = "x@example.com"}, 0},
           Case{{.destination = "Example.Net"}, 1},
           Case{{.sender = "example.org", .destination = "example.org"}, 0},
           Case{{.limit = 1}, 1},
       })
    EXPECT_EQ(run_sync(list(&site.store, filter)).value().size(), items)
        << filter.sender << " " << filter.recipient << " " << filter.destination;
}

TEST(Queue, CheckFindsAndRepairs) {
  struct Case {
    const char* damage;
    std::function<void(store::Txn&, const Item&)> make;
    std::size_t findings;
    bool repairable;
  };
  for (const auto& [damage, make, findings, repairable] : {
           Case{"not in the due index",
                [](auto& txn, auto& item) { txn.erase(format::due_key(item.due, item.id)); }, 1,
                true},
           Case{"due entry of another time",
                [](auto& txn, auto& item) {
                  txn.put(format::due_key(item.due + Duration(1), item.id),
                          format::due_value("example.net", {}));
                },
                1, true},
           Case{"due entry without item",
                [](auto& txn, auto&) {
                  txn.put(format::due_key(kStart, QueueId(1)),
                          format::due_value("example.net", {}));
                },
                1, true},
           Case{"wrong destination",
                [](auto& txn, auto& item) {
                  txn.put(format::due_key(item.due, item.id), format::due_value("example.com", {}));
                },
                1, true},
           Case{"wrong count", [](auto& txn, auto&) { txn.add(format::count_key(), 3); }, 1, true},
           Case{"body gone",
                [](auto& txn, auto& item) { txn.unlink(item.body, format::body_holder(item.id)); },
                1, false},
           Case{"item cut", [](auto& txn, auto& item) { txn.put(format::item_key(item.id), "\1"); },
                1, false},
       }) {
    Site site;
    const auto item = site.put();
    store::Txn txn;
    make(txn, item);
    ASSERT_EQ(commit(site.store, std::move(txn)), Outcome::kCommitted);
    auto found = site.check();
    EXPECT_EQ(found.size(), findings) << damage;
    for (auto& finding : found) {
      EXPECT_EQ(!finding.repair.empty(), repairable) << damage;
      if (repairable) EXPECT_EQ(commit(site.store, std::move(finding.fix)), Outcome::kCommitted);
    }
    EXPECT_EQ(site.check().empty(), repairable) << damage;
  }
}

TEST(QueueFormat, IsNeverReadHalf) {
  Site site;
  store::Txn txn;
  const auto item = site.make(txn);
  const auto octets = format::encode(item);
  for (std::size_t n = 0; n < octets.size(); ++n)
    EXPECT_FALSE(format::decode(item.id, octets.substr(0, n)).has_value()) << n;
  EXPECT_FALSE(format::decode(item.id, octets + "x").has_value());
  EXPECT_TRUE(format::decode(item.id, octets).has_value());
  const auto key = format::due_key(item.due, item.id);
  for (std::size_t n = 0; n < key.size(); ++n)
    EXPECT_FALSE(format::decode_due(key.substr(0, n), format::due_value("d", {})).has_value()) << n;
}

TEST(QueueFormat, TheLargestItemFitsAValue) {
  Item item;
  item.id = QueueId(1);
  item.sender = std::string(320, 's');
  item.envelope_id = std::string(100, 'e');
  item.destination = std::string(255, 'd');
  for (std::size_t i = 0; i < kRecipientsMax; ++i)
    item.recipients.push_back({std::string(320, 'a'), std::string(500, 'o'), 7, State::kWaiting,
                               std::string(5'000, 'r')});
  EXPECT_LE(format::encode(item).size(), store::kValueBytesMax);
}

TEST(Queue, FailureWalk) {
  for (std::uint64_t n = 1;; ++n) {
    Site site;
    const auto item = site.put();
    const auto before = site.store.operations();
    site.store.fail_at(n);
    auto after = item;
    after.due += std::chrono::minutes(1);
    store::Txn change;
    update(change, item, after);
    const auto outcome = commit(site.store, std::move(change));
    const auto one = run_sync(read(&site.store, item.id));
    const auto all = run_sync(list(&site.store, {}));
    const auto waiting = run_sync(due(&site.store, std::nullopt, 10));
    const auto number = run_sync(count(&site.store));
    if (one) EXPECT_TRUE(one->has_value());
    if (all) EXPECT_EQ(all->size(), 1U);
    if (waiting) EXPECT_EQ(waiting->size(), 1U);
    if (number) EXPECT_EQ(*number, 1U);
    EXPECT_EQ(
        int{!one} + int{!all} + int{!waiting} + int{!number} + int{outcome != Outcome::kCommitted},
        site.store.operations() - before < n ? 0 : 1)
        << n;
    const bool done = site.store.operations() - before < n;
    site.store.fail_at(0);
    EXPECT_TRUE(site.check().empty());
    if (done) break;
  }
}

TEST(Queue, ADueEntryTellsTheSenderShort) {
  EXPECT_EQ(sender_key("Ann@Example.ORG"), sender_key("ann+list@example.org"));
  EXPECT_EQ(sender_key("ann@example.org").domain, sender_key("ben@example.org").domain);
  EXPECT_NE(sender_key("ann@example.org").local, sender_key("ben@example.org").local);
  EXPECT_NE(sender_key("ann@example.org").domain, sender_key("ann@example.net").domain);
  EXPECT_EQ(sender_key(""), SenderKey{});
  const auto sender = sender_key("ann@example.org");
  const auto key = format::due_key(kStart, QueueId(7));
  const auto back = format::decode_due(key, format::due_value("example.net", sender));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->sender, sender);
  EXPECT_EQ(back->destination, "example.net");
}

TEST(Queue, ADueEntryWithoutSenderIsReadAsBefore) {
  const auto back =
      format::decode_due(format::due_key(kStart, QueueId(7)), std::string("\x01") + "example.net");
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->destination, "example.net");
  EXPECT_EQ(back->sender, SenderKey{});
}

}  // namespace
}  // namespace hikyaku::queue
