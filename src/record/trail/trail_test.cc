// SPDX-License-Identifier: Apache-2.0
// Goal: a message's whole way is kept, found by its number and by its addresses, and goes when it
// is old; what is over the limits is cut, and nothing is half there.
#include "record/trail/trail.h"

#include <gtest/gtest.h>

#include "base/task_scope.h"
#include "port/store/memory_store.h"
#include "record/trail/check.h"
#include "record/trail/format.h"
#include "record/trail/tracking.h"

namespace hikyaku::trail {
namespace {

using store::MemoryStore;

constexpr UnixTime kStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 14};

store::Outcome commit(store::Store& store, store::Txn txn) {
  auto wait = [](store::Store* s, store::Txn t) -> Task<store::Outcome> {
    co_return (co_await s->submit(std::move(t))).outcome;
  };
  return run_sync(wait(&store, std::move(txn)));
}

Event event(UnixTime time, Kind kind, std::string value) {
  return {time, kind, {{"reply", std::move(value)}}};
}

struct Site {
  MemoryStore store;
  ManualClock clock{kStart};

  TrackingId take(std::string from, std::vector<std::string> to) {
    clock.advance(std::chrono::seconds(1));
    const Head head{next_tracking(clock), std::move(from), std::move(to), "<1@example.org>"};
    store::Txn txn;
    add_intake(txn, head, {event(clock.now(), Kind::kConnected, "hello")});
    EXPECT_EQ(commit(store, std::move(txn)), store::Outcome::kCommitted);
    return head.id;
  }
  std::vector<TrackingId> find(Query query) {
    const auto heads = run_sync(trail::find(&store, std::move(query)));
    EXPECT_TRUE(heads.has_value());
    std::vector<TrackingId> out;
    for (const auto& head : *heads) out.push_back(head.id);
    return out;
  }
  std::vector<store::Finding> check() { return run_sync(trail::check(&store)).value(); }
};

TEST(Trail, TellsTheWholeStoryByTime) {
  Site site;
  const auto id = site.take("a@example.org", {"b@example.net"});
  site.take("x@example.org", {"y@example.net"});
  const auto now = site.clock.now();
  store::Txn later;
  add_events(later, id, QueueId(7), {event(now + Duration(9), Kind::kAttempt, "451 busy")});
  add_events(later, id, QueueId(8), {event(now + Duration(5), Kind::kDelivered, "250 ok")});
  ASSERT_EQ(commit(site.store, std::move(later)), store::Outcome::kCommitted);

  const auto story = run_sync(read(&site.store, id));
  ASSERT_TRUE(story.has_value());
  EXPECT_EQ(story->head.from, "a@example.org");
  EXPECT_EQ(story->head.to, std::vector<std::string>{"b@example.net"});
  EXPECT_EQ(story->head.message_id, "<1@example.org>");
  ASSERT_EQ(story->events.size(), 3U);
  EXPECT_EQ(story->events[0].kind, Kind::kConnected);
  EXPECT_EQ(story->events[1].kind, Kind::kDelivered);
  EXPECT_EQ(story->events[2].facts[0].second, "451 busy");
}

TEST(Trail, EventsOfOneMomentAllStay) {
  Site site;
  const auto id = site.take("a@example.org", {"b@example.net"});
  for (int i = 0; i < 5; ++i) {
    store::Txn txn;
    add_events(txn, id, QueueId(7), {event(site.clock.now(), Kind::kAttempt, std::to_string(i))});
    ASSERT_EQ(commit(site.store, std::move(txn)), store::Outcome::kCommitted);
  }
  const auto story = run_sync(read(&site.store, id));
  ASSERT_EQ(story->events.size(), 6U);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(story->events[static_cast<std::size_t>(i) + 1].facts[0].second, std::to_string(i));
}

TEST(Trail, NoSuchNumberIsPermanent) {
  Site site;
  const auto story = run_sync(read(&site.store, TrackingId(5)));
  ASSERT_FALSE(story.has_value());
  EXPECT_EQ(story.error().remedy, Remedy::kPermanent);
}

TEST(Trail, FindsByAddressAndDomainNewestFirst) {
  Site site;
  const auto one = site.take("Ann@Example.org", {"bob@example.net"});
  const auto two = site.take("ann@example.org", {"bob@example.net", "Eve@example.com"});
  const auto bounce = site.take("", {"ann@example.org"});
  site.take("ann@example.organic", {"bob@example.net.example"});

  using Ids = std::vector<TrackingId>;
  EXPECT_EQ(site.find({.from = "ann@EXAMPLE.org"}), (Ids{two, one}));
  EXPECT_EQ(site.find({.from = "@example.org"}), (Ids{two, one}));
  EXPECT_EQ(site.find({.to = "@example.net"}), (Ids{two, one}));
  EXPECT_EQ(site.find({.to = "eve@example.com"}), (Ids{two}));
  EXPECT_EQ(site.find({.from = "@example.org", .to = "@example.com"}), (Ids{two}));
  EXPECT_EQ(site.find({.from = "<>"}), (Ids{bounce}));
  EXPECT_EQ(site.find({.from = "nobody@example.org"}), (Ids{}));
  EXPECT_EQ(site.find({.from = "ann"}), (Ids{}));
  EXPECT_EQ(site.find({.from = "@example.org", .limit = 1}), (Ids{two}));
  EXPECT_EQ(site.find({}).size(), 4U);
}

TEST(Trail, FindsOverManyPages) {
  Site site;
  std::vector<TrackingId> all;
  for (int i = 0; i < 700; ++i)
    all.push_back(site.take("a@example.org", {i % 100 == 0 ? "c@example.net" : "b@example.net"}));
  const auto some = site.find({.from = "a@example.org", .to = "c@example.net"});
  EXPECT_EQ(some.size(), 7U);
  const auto found = site.find({.from = "@example.org", .limit = 1'000});
  ASSERT_EQ(found.size(), 700U);
  EXPECT_EQ(found.front(), all.back());
  EXPECT_EQ(found.back(), all.front());
}

TEST(Trail, CutsWhatIsOverTheLimits) {
  Site site;
  const std::string huge(20'000, 'x');
  Head head{next_tracking(site.clock), huge + "@example.org", {}, huge};
  for (int i = 0; i < 5'000; ++i) head.to.push_back("r" + std::to_string(i) + "@example.net");
  std::vector<Event> events;
  for (int i = 0; i < 1'000; ++i) events.push_back(event(kStart, Kind::kDecision, huge));
  events.front().facts.assign(1'000, {huge, huge});
  store::Txn txn;
  add_intake(txn, head, events);
  std::size_t bytes = 0;
  for (const auto& write : txn.writes) {
    EXPECT_LE(write.key.size(), store::kKeyBytesMax);
    EXPECT_LE(write.value.size(), store::kValueBytesMax);
    bytes += write.key.size() + write.value.size();
  }
  EXPECT_LT(bytes, store::kTxnBytesMax / 2);
  ASSERT_EQ(commit(site.store, std::move(txn)), store::Outcome::kCommitted);
  const auto story = run_sync(read(&site.store, head.id));
  ASSERT_TRUE(story.has_value());
  EXPECT_EQ(story->head.to.size(), 1'000U);
  EXPECT_NE(story->events.back().facts[0].second.find("more events"), std::string::npos);
  EXPECT_TRUE(site.check().empty());
}

TEST(Trail, TrimTakesTheOldWithTheirIndex) {
  Site site;
  for (int i = 0; i < 2'000; ++i) site.take("a@example.org", {"b@example.net", "c@example.net"});
  const auto before = site.clock.now();
  const auto young = site.take("a@example.org", {"b@example.net"});
  std::size_t calls = 0;
  for (;; ++calls) {
    const auto erased = run_sync(trim(&site.store, before + Duration(1'000)));
    ASSERT_TRUE(erased.has_value());
    ASSERT_TRUE(site.check().empty());  // at every point on the way
    if (*erased == 0) break;
  }
  EXPECT_GT(calls, 1U);
  EXPECT_EQ(site.find({}), std::vector<TrackingId>{young});
  EXPECT_EQ(site.find({.from = "@example.org"}), std::vector<TrackingId>{young});
  EXPECT_EQ(site.store.dump().size(), 2U + 4U);
}

TEST(Trail, CheckFindsAndRepairs) {
  const Head head{TrackingId(77), "a@example.org", {"b@example.net"}, ""};
  const auto index = format::index_keys(head);
  struct Case {
    const char* damage;
    std::function<void(store::Txn&)> make;
    std::size_t findings;
  };
  const auto prefix = format::message_prefix(head.id);
  for (const auto& [damage, make, findings] : {
           Case{"an index entry is gone", [&](auto& txn) { txn.erase(index[0]); }, 1},
           Case{"the head is gone", [&](auto& txn) { txn.erase(prefix); }, 4},
           Case{"the head is cut", [&](auto& txn) { txn.put(prefix, "\1"); }, 1},
           Case{"an event is cut",
                [&](auto& txn) { txn.put(prefix + std::string(20, 'x'), "\1x"); }, 1},
           Case{"a key is none", [&](auto& txn) { txn.put(prefix + "x", ""); }, 1},
       }) {
    Site site;
    store::Txn txn;
    add_intake(txn, head, {event(kStart, Kind::kConnected, "hello")});
    make(txn);
    ASSERT_EQ(commit(site.store, std::move(txn)), store::Outcome::kCommitted);
    auto found = site.check();
    EXPECT_EQ(found.size(), findings) << damage;
    for (int round = 0; round < 3; ++round) {  // a repair may show the next damage
      for (auto& finding : found) {
        ASSERT_FALSE(finding.repair.empty());
        EXPECT_EQ(commit(site.store, std::move(finding.fix)), store::Outcome::kCommitted);
      }
      found = site.check();
    }
    EXPECT_TRUE(found.empty()) << damage;
  }
}

TEST(TrailFormat, FoldedTwiceIsFoldedOnce) {
  for (const auto& [address, folded] :
       {std::pair("Ann@Example.ORG", "ann@example.org"), std::pair("", "<>"), std::pair("<>", "<>"),
        std::pair("\x01\x7f", "<>"), std::pair("a\x01@b", "a@b")}) {
    EXPECT_EQ(format::fold(address), folded);
    EXPECT_EQ(format::fold(folded), folded);
  }
}

TEST(TrailFormat, ComesBackAndNeverHalf) {
  format::StoredHead head{{TrackingId(9), "a@example.org", {"b@c", "d@e"}, "<m@x>"}, 17};
  const auto octets = format::encode(head);
  EXPECT_EQ(format::decode_head(TrackingId(9), octets)->recipients, 17U);
  for (std::size_t n = 0; n < octets.size(); ++n)
    EXPECT_FALSE(format::decode_head(TrackingId(9), octets.substr(0, n)).has_value()) << n;
  EXPECT_FALSE(format::decode_head(TrackingId(9), octets + "x").has_value());

  const std::vector<Event> events{event(kStart, Kind::kTls, "TLSv1.3"),
                                  event(kStart, Kind::kStored, "")};
  const auto values = format::encode(events);
  ASSERT_EQ(values.size(), 1U);
  const auto first = format::encode({events[0]})[0].size();
  for (std::size_t n = 0; n < values[0].size(); ++n) {
    // Cut between two events it is a shorter list.
    EXPECT_EQ(format::decode_events(values[0].substr(0, n)).has_value(), n == 1 || n == first) << n;
  }
  EXPECT_EQ(format::decode_events(values[0])->size(), 2U);
}

// Every store operation fails once, in turn: an error comes out, never half a story.
TEST(Trail, FailureWalk) {
  for (std::uint64_t n = 1;; ++n) {
    Site site;
    const auto id = site.take("a@example.org", {"b@example.net"});
    const auto before = site.store.operations();
    site.store.fail_at(n);
    const auto story = run_sync(read(&site.store, id));
    if (story) EXPECT_EQ(story->events.size(), 1U);
    const auto heads = run_sync(find(&site.store, {.from = "@example.org"}));
    if (heads) EXPECT_EQ(heads->size(), 1U);
    const auto found = run_sync(check(&site.store));
    if (found) EXPECT_TRUE(found->empty());
    const auto erased = run_sync(trim(&site.store, kStart + std::chrono::hours(1)));
    for (const auto* error : {story ? nullptr : &story.error(), heads ? nullptr : &heads.error(),
                              found ? nullptr : &found.error(), erased ? nullptr : &erased.error()})
      if (error != nullptr) EXPECT_EQ(error->remedy, Remedy::kRetryLater) << error->text;
    const auto used = site.store.operations() - before;
    site.store.fail_at(0);
    if (erased)
      EXPECT_TRUE(site.store.dump().empty());
    else
      EXPECT_EQ(run_sync(read(&site.store, id))->events.size(), 1U);
    if (used < n) break;
  }
}

}  // namespace
}  // namespace hikyaku::trail
