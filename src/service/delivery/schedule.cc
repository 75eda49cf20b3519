// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/schedule.h"

#include <algorithm>

#include "base/assert.h"

namespace hikyaku::delivery {

void Schedule::add(const queue::Due& due) {
  const auto [at, is_new] = items_.try_emplace(due.id);
  auto& entry = at->second;
  if (is_new) {
    auto& destination = destinations_[due.destination];
    if (destination.name.empty()) destination.name = due.destination;
    ++destination.items;
    entry.destination = &destination;
  } else if (entry.place == Place::kTaken) {
    entry.due = due.due;
    entry.again = true;
    entry.gone = false;
    return;
  } else if (entry.place == Place::kDue) {
    return;  // it comes next anyway
  } else {
    waiting_.erase({entry.due, due.id});
  }
  entry.due = due.due;
  entry.place = Place::kWaiting;
  waiting_.insert({due.due, due.id});
}

void Schedule::drop(std::unordered_map<QueueId, Entry>::iterator at) {
  auto& destination = *at->second.destination;
  items_.erase(at);
  if (--destination.items != 0) return;
  if (destination.has_turn) turns_.remove(&destination);
  destinations_.erase(std::string(destination.name));
}

void Schedule::forget(QueueId id) {
  const auto at = items_.find(id);
  if (at == items_.end()) return;
  auto& entry = at->second;
  if (entry.place == Place::kTaken) {
    entry.gone = true;
    entry.again = false;
    return;
  }
  if (entry.place == Place::kWaiting) waiting_.erase({entry.due, id});
  if (entry.place == Place::kDue) std::erase(entry.destination->due, id);
  drop(at);
}

void Schedule::offer_turn(Destination& destination) {
  if (destination.has_turn || destination.due.empty() || destination.taken >= per_destination_max_)
    return;
  destination.has_turn = true;
  turns_.push_back(&destination);
}

void Schedule::move_due(UnixTime now) {
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const auto id = waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    auto& entry = items_.at(id);
    entry.place = Place::kDue;
    entry.destination->due.push_back(id);
    offer_turn(*entry.destination);
  }
}

std::optional<queue::Due> Schedule::take(UnixTime now) {
  move_due(now);
  while (!turns_.empty()) {
    auto& destination = *turns_.front();
    turns_.pop_front();
    destination.has_turn = false;
    if (destination.due.empty()) continue;
    const auto id = destination.due.front();
    destination.due.pop_front();
    auto& entry = items_.at(id);
    entry.place = Place::kTaken;
    ++destination.taken;
    ++taken_;
    offer_turn(destination);  // at the end of the line: the others come first
    return queue::Due{entry.due, id, destination.name};
  }
  return std::nullopt;
}

void Schedule::give_back(QueueId id) {
  const auto at = items_.find(id);
  HK_ASSERT(at != items_.end() && at->second.place == Place::kTaken);
  auto& entry = at->second;
  auto& destination = *entry.destination;
  --destination.taken;
  --taken_;
  if (entry.gone || !entry.again) {
    const bool last = destination.items == 1;
    drop(at);
    if (!last) offer_turn(destination);
    return;
  }
  entry.again = false;
  entry.place = Place::kWaiting;
  waiting_.insert({entry.due, id});
  offer_turn(destination);
}

std::optional<UnixTime> Schedule::next_due() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first;
}

}  // namespace hikyaku::delivery
