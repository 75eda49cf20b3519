// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "policy/site_health.h"
#include "record/queue/queue.h"
#include "service/delivery/site_view.h"
#include "service/delivery/turns.h"

namespace hikyaku::delivery {

class Line;

/// Where mail of many destinations goes together: the hosts that take it. They share connections,
/// limits, and what is known of the hosts' health.
struct Site {
  Site(std::string n, const policy::SitePace& pace) : name(std::move(n)), health(pace) {}

  const std::string name;  ///< the hosts, sorted; or a destination that has none
  policy::SiteHealth health;
  Turns due;                  ///< what is due
  std::size_t taken = 0;      ///< being delivered
  std::size_t deferring = 0;  ///< being put off, since the site rests
  std::string last_error;     ///< why its health is what it is: a reply, or what happened
  std::string last_host;      ///< that gave it
  std::uint64_t answers = 0;  ///< messages that it had a reply for
  std::size_t held = 0;       ///< items that wait for nothing but its return
  std::size_t refs = 0;       ///< destinations that lead here
  std::vector<Line*> parked;  ///< connections that are open and have nothing to do; the caller's
  std::size_t lines = 0;      ///< all connections; the caller's
  UnixTime used{};
  bool has_turn = false;
};

/// Where a destination's mail goes.
struct Way {
  std::string site;         ///< Site::name
  std::uint64_t order = 0;  ///< the hosts with their preferences: what may share a connection
};

/// Whose turn it is: what waits in the queue by due time, what is due by site and sender.
///
/// A destination that has something due is looked up first (Job::kRoute). Sites take turns, and so
/// do the senders within a site. A site has as many messages under way as its health allows; while
/// it rests, what is due is put off (kDefer) until after the rest, and comes at once when the site
/// answers again.
///
/// An item waits, is due, or is taken. Pure: no clock, no lock, no store.
class Schedule {
 public:
  struct Limits {
    policy::SitePace pace;
    std::size_t taken_max = 200;    ///< kDeliver, in all
    std::size_t routing_max = 100;  ///< kRoute at a time
    std::size_t deferring_max = 50;
    std::size_t in_a_row_max = 20;  ///< take_more() while other sites wait for room
    Duration way_lives = std::chrono::minutes(5);
    Duration no_way_lives = std::chrono::minutes(1);
    Duration site_lives = std::chrono::minutes(30);  ///< without anything to do
  };
  enum class Job : unsigned char { kDeliver, kDefer, kRoute };
  struct Pick {
    Job job = Job::kDeliver;
    queue::Due due;  ///< kRoute: only its destination
    Site* site = nullptr;
    std::uint64_t order = 0;
    bool hurried = false;  ///< somebody wants it now, whatever the store says of its due time
  };
  enum class Feedback : unsigned char {
    kNone,      ///< nothing was learned about the site
    kAnswered,  ///< it had a reply for the message, good or bad
    kFull,      ///< it refused one more connection while others work: give_back() makes it due
    kFailed,    ///< no connection, or a broken one
    kTooMuch,   ///< it asked for a pause
  };

  enum class Left : unsigned char {
    kSettled,
    kHeld,       ///< it waits for its site only
    kUntouched,  ///< as it was, and as urgent
  };
  struct News {
    Feedback feedback = Feedback::kNone;
    std::string error;  ///< a reply, or what happened
    std::string host;
  };

  explicit Schedule(Limits limits) : limits_(std::move(limits)) {}

  /// Learns of an item, or of its new due time. One that is taken is looked at when it is given
  /// back.
  void add(const queue::Due& due);
  void forget(QueueId id);
  /// What waits comes now: one, those of a destination, all. How many that are.
  std::size_t hurry(QueueId id, UnixTime now);
  std::size_t hurry_all(std::string_view destination, UnixTime now);

  /// The next thing to do; it is taken then.
  [[nodiscard]] std::optional<Pick> take(UnixTime now);
  /// The next of the same site, for a connection that has delivered `in_a_row`.
  [[nodiscard]] std::optional<Pick> take_more(Site& site, std::size_t in_a_row, UnixTime now);

  /// After kRoute.
  void routed(const std::string& destination, Way way, UnixTime now);
  /// After kDeliver and kDefer: what becomes of the item is told with add() or forget() before.
  void give_back(const Pick& pick, UnixTime now, Left left = Left::kSettled);
  /// What a delivery told about its site. `random` in [0, 1). True: it has come back.
  bool learn(Site& site, News news, UnixTime now, double random);
  /// Forgets a site's trouble; nullptr = of all sites. What it held comes now.
  void reset(Site* site, UnixTime now);

  /// When the first item that only waits is due.
  [[nodiscard]] std::optional<UnixTime> next_due() const;
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] std::size_t taken() const { return taken_; }

  /// Drops sites that nothing was sent to for long.
  void prune(UnixTime now);
  /// Sites that have something waiting, or trouble; those with the most first.
  [[nodiscard]] std::vector<SiteView> view(UnixTime now) const;
  /// The site of that name, or of that destination; nullptr when it is not known.
  [[nodiscard]] Site* find_site(const std::string& name);

 private:
  enum class Place : unsigned char { kWaiting, kUnrouted, kDue, kTaken };
  struct Destination;
  struct Entry : Turns::Node {
    QueueId id;
    UnixTime due;
    Destination* destination = nullptr;
    Site* site = nullptr;  ///< where it is due, or what holds it
    Place place = Place::kWaiting;
    bool again = false;  ///< add() came while taken
    bool gone = false;   ///< forget() came while taken
    bool held = false;
    bool hurried = false;
  };
  struct Destination {
    std::string name;
    Site* site = nullptr;
    std::uint64_t order = 0;
    UnixTime way_ends{};
    std::size_t items = 0;
    std::vector<QueueId> unrouted;  ///< due, waiting for the way; some may be gone
    bool routing = false;           ///< kRoute was given out, or is in routes_
  };
  struct Earlier {
    bool operator()(const Entry* a, const Entry* b) const {
      return a->due != b->due ? a->due < b->due : a->id < b->id;
    }
  };
  using Items = std::unordered_map<QueueId, Entry>;

  Destination& destination_of(const std::string& name);
  Site& site_of(const std::string& name);
  void move_due(UnixTime now);
  void make_due(Entry& entry, UnixTime now);
  void to_site(Entry& entry);
  void offer_turn(Site& site);
  void lead(Destination& destination, Site& site);
  void leave_place(Entry& entry);
  void let_go(Entry& entry);
  std::size_t hurry(Entry& entry, UnixTime now);
  void drop(Items::iterator at);
  void release_held(Site& site, UnixTime now);
  std::optional<Pick> take_route();
  Pick take_from(Site& site, Job job);

  Limits limits_;
  Items items_;
  std::set<Entry*, Earlier> waiting_;
  std::unordered_map<std::string, Destination> destinations_;
  std::unordered_map<std::string, std::unique_ptr<Site>> sites_;
  std::list<Destination*> routes_;  ///< to be looked up
  std::list<Site*> turns_;          ///< sites with something due
  std::size_t taken_ = 0;
  std::size_t routing_ = 0;
};

}  // namespace hikyaku::delivery
