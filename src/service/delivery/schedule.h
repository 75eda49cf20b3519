// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "record/queue/queue.h"

namespace hikyaku::delivery {

/// Whose turn it is: what waits in the queue, by due time, and what is due, by destination.
/// Destinations take turns, and none has more than so many attempts at a time.
///
/// An item is waiting, due or taken. Pure: no clock, no lock, no store.
class Schedule {
 public:
  explicit Schedule(std::size_t per_destination_max) : per_destination_max_(per_destination_max) {}

  /// Learns of an item, or of its new due time. One that is taken is looked at when it is given
  /// back.
  void add(const queue::Due& due);
  void forget(QueueId id);

  /// The next item that is due, if its destination may have one more attempt; it is taken then.
  [[nodiscard]] std::optional<queue::Due> take(UnixTime now);
  /// The attempt is over; what becomes of the item is told with add() or forget() before or after.
  void give_back(QueueId id);

  /// When the first item that only waits is due.
  [[nodiscard]] std::optional<UnixTime> next_due() const;
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  enum class Place : unsigned char { kWaiting, kDue, kTaken };
  struct Destination {
    std::string name;
    std::deque<QueueId> due;
    std::size_t taken = 0;
    std::size_t items = 0;
    bool has_turn = false;  ///< stands in turns_
  };
  struct Entry {
    UnixTime due;
    Place place = Place::kWaiting;
    Destination* destination = nullptr;
    bool again = false;  ///< add() came while taken
    bool gone = false;   ///< forget() came while taken
  };

  void move_due(UnixTime now);
  void offer_turn(Destination& destination);
  void drop(std::unordered_map<QueueId, Entry>::iterator at);

  std::size_t per_destination_max_;
  std::unordered_map<QueueId, Entry> items_;
  std::set<std::pair<UnixTime, QueueId>> waiting_;
  std::unordered_map<std::string, Destination> destinations_;
  std::list<Destination*> turns_;  ///< destinations with something due and room for an attempt
  std::size_t taken_ = 0;
};

}  // namespace hikyaku::delivery
