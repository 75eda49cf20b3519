// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/schedule.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace hikyaku::delivery {
namespace {

constexpr std::size_t kDestinationsShown = 5;

}  // namespace

Site& Schedule::site_of(const std::string& name) {
  auto& site = sites_[name];
  if (!site) site = std::make_unique<Site>(name, limits_.pace);
  return *site;
}

void Schedule::lead(Destination& destination, Site& site) {
  if (destination.site == &site) return;
  if (destination.site != nullptr) --destination.site->refs;
  destination.site = &site;
  ++site.refs;
}

Schedule::Destination& Schedule::destination_of(const std::string& name) {
  auto& destination = destinations_[name];
  if (!destination.name.empty()) return destination;
  destination.name = name;
  // Nothing that is done here needs a way.
  if (name == queue::kLocalDestination || name == queue::kReportDestination) {
    lead(destination, site_of(name));
    destination.way_ends = UnixTime::max();
  }
  return destination;
}

void Schedule::add(const queue::Due& due) {
  const auto [at, is_new] = items_.try_emplace(due.id);
  auto& entry = at->second;
  if (is_new) {
    entry.id = due.id;
    entry.sender = due.sender;
    entry.destination = &destination_of(due.destination);
    ++entry.destination->items;
  } else if (entry.place == Place::kTaken) {
    entry.due = due.due;
    entry.again = true;
    entry.gone = false;
    return;
  } else if (entry.place != Place::kWaiting) {
    return;  // it comes next anyway
  } else {
    waiting_.erase(&entry);
    let_go(entry);
  }
  entry.due = due.due;
  waiting_.insert(&entry);
}

/// It waits for more than its site, or no longer.
void Schedule::let_go(Entry& entry) {
  if (std::exchange(entry.held, false)) --entry.site->held;
}

void Schedule::leave_place(Entry& entry) {
  if (entry.place == Place::kWaiting) waiting_.erase(&entry);
  if (entry.place == Place::kDue) entry.site->due.remove(entry);
  let_go(entry);
}

void Schedule::drop(Items::iterator at) {
  --at->second.destination->items;
  items_.erase(at);
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
  leave_place(entry);
  drop(at);
}

void Schedule::offer_turn(Site& site) {
  if (site.has_turn || site.due.empty()) return;
  site.has_turn = true;
  turns_.push_back(&site);
}

void Schedule::to_site(Entry& entry) {
  entry.place = Place::kDue;
  entry.site = entry.destination->site;
  entry.site->due.push(entry);
  offer_turn(*entry.site);
}

/// Of one that waits.
void Schedule::make_due(Entry& entry, UnixTime now) {
  waiting_.erase(&entry);
  let_go(entry);
  auto& destination = *entry.destination;
  if (destination.site != nullptr && now < destination.way_ends) {
    to_site(entry);
    return;
  }
  entry.place = Place::kUnrouted;
  destination.unrouted.push_back(entry.id);
  if (std::exchange(destination.routing, true)) return;
  routes_.push_back(&destination);
}

void Schedule::move_due(UnixTime now) {
  while (!waiting_.empty() && (*waiting_.begin())->due <= now) make_due(**waiting_.begin(), now);
}

std::size_t Schedule::hurry(Entry& entry, UnixTime now) {
  if (entry.place == Place::kTaken) return 0;
  // Who wants it now wants it tried, whatever its site did before.
  if (auto* site = entry.destination->site;
      site != nullptr && site->health.why() != policy::SiteHealth::Why::kNone)
    reset(site, now);
  entry.hurried = true;
  if (entry.place == Place::kWaiting) make_due(entry, now);
  return 1;
}

std::size_t Schedule::hurry(QueueId id, UnixTime now) {
  const auto at = items_.find(id);
  return at == items_.end() ? 0 : hurry(at->second, now);
}

std::size_t Schedule::hurry_all(std::string_view destination, UnixTime now) {
  std::vector<Entry*> wanted;
  for (auto& [id, entry] : items_)
    if (destination.empty() || entry.destination->name == destination) wanted.push_back(&entry);
  std::ranges::sort(wanted, Earlier());
  std::size_t count = 0;
  for (auto* entry : wanted) count += hurry(*entry, now);
  return count;
}

std::optional<Schedule::Pick> Schedule::take_route() {
  if (routes_.empty() || routing_ >= limits_.routing_max) return std::nullopt;
  ++routing_;
  Pick pick{.job = Job::kRoute};
  pick.due.destination = routes_.front()->name;
  routes_.pop_front();
  return pick;
}

Schedule::Pick Schedule::take_from(Site& site, Job job) {
  auto& entry = static_cast<Entry&>(*site.due.take());
  entry.place = Place::kTaken;
  if (job == Job::kDeliver) {
    ++site.taken;
    ++taken_;
  } else {
    ++site.deferring;
  }
  offer_turn(site);  // at the end of the line: the others come first
  return {.job = job,
          .due = {entry.due, entry.id, entry.destination->name, entry.sender},
          .site = &site,
          .order = entry.destination->order,
          .hurried = std::exchange(entry.hurried, false)};
}

std::optional<Schedule::Pick> Schedule::take(UnixTime now) {
  move_due(now);
  if (auto route = take_route()) return route;
  while (!turns_.empty()) {
    auto& site = *turns_.front();
    const auto window = site.health.window(now);
    if (window != 0 && taken_ >= limits_.taken_max) return std::nullopt;
    turns_.pop_front();
    site.has_turn = false;
    if (site.due.empty()) continue;
    site.used = now;
    // One that may not now has something taken, and is offered again when that comes back.
    if (window == 0) {
      if (site.deferring < limits_.deferring_max) return take_from(site, Job::kDefer);
    } else if (site.taken < window) {
      return take_from(site, Job::kDeliver);
    }
  }
  return std::nullopt;
}

std::optional<Schedule::Pick> Schedule::take_more(Site& site, std::size_t in_a_row, UnixTime now) {
  move_due(now);
  if (site.due.empty() || site.taken >= site.health.window(now)) return std::nullopt;
  if (taken_ >= limits_.taken_max) return std::nullopt;
  const bool others = turns_.size() > (site.has_turn ? 1U : 0U);
  if (taken_ + 1 >= limits_.taken_max && in_a_row >= limits_.in_a_row_max && others)
    return std::nullopt;
  site.used = now;
  return take_from(site, Job::kDeliver);
}

void Schedule::routed(const std::string& name, Way way, UnixTime now) {
  HK_ASSERT(routing_ > 0);
  --routing_;
  auto& destination = destination_of(name);
  destination.routing = false;
  auto unrouted = std::exchange(destination.unrouted, {});
  // What is due at its site of before stays there.
  lead(destination, site_of(way.site));
  destination.order = way.order;
  const bool found = !way.site.starts_with('?');
  destination.way_ends = now + (found ? limits_.way_lives : limits_.no_way_lives);
  for (const auto id : unrouted) {
    const auto at = items_.find(id);
    if (at != items_.end() && at->second.place == Place::kUnrouted) to_site(at->second);
  }
}

void Schedule::give_back(const Pick& pick, UnixTime now, Left left) {
  const auto at = items_.find(pick.due.id);
  HK_ASSERT(at != items_.end() && at->second.place == Place::kTaken);
  auto& entry = at->second;
  auto& site = *pick.site;
  if (pick.job == Job::kDeliver) {
    --site.taken;
    --taken_;
  } else {
    --site.deferring;
  }
  if (entry.gone || !entry.again) {
    drop(at);
  } else {
    entry.again = false;
    entry.place = Place::kWaiting;
    waiting_.insert(&entry);
    if (left == Left::kUntouched) entry.hurried = true;
    if (left == Left::kHeld && site.health.state(now) == policy::SiteHealth::State::kOpen &&
        pick.job == Job::kDefer) {
      entry.hurried = true;  // it came back while this one was put off
      make_due(entry, now);
    } else if (left == Left::kHeld) {
      entry.held = true;
      entry.site = &site;
      ++site.held;
    }
  }
  offer_turn(site);
}

void Schedule::release_held(Site& site, UnixTime now) {
  if (site.held == 0) return;
  std::vector<Entry*> held;
  for (auto* entry : waiting_)
    if (entry->held && entry->site == &site) held.push_back(entry);
  for (auto* entry : held) {
    entry->hurried = true;
    make_due(*entry, now);
  }
}

bool Schedule::learn(Site& site, News news, UnixTime now, double random) {
  bool back = false;
  switch (news.feedback) {
    case Feedback::kNone: return false;
    case Feedback::kAnswered:
      ++site.answers;
      back = site.health.answered(limits_.pace, now);
      break;
    case Feedback::kFull: site.health.full(site.taken - 1); break;
    case Feedback::kFailed: site.health.failed(limits_.pace, now, random); break;
    case Feedback::kTooMuch: site.health.too_much(limits_.pace, now, random); break;
  }
  if (news.feedback == Feedback::kAnswered) {
    if (site.health.state(now) == policy::SiteHealth::State::kOpen) site.last_error.clear();
  } else {
    site.last_error = std::move(news.error);
    site.last_host = std::move(news.host);
  }
  if (back) release_held(site, now);
  offer_turn(site);
  return back;
}

void Schedule::reset(Site* site, UnixTime now) {
  if (site == nullptr) {
    for (auto& [name, one] : sites_) reset(one.get(), now);
    return;
  }
  site->health.reset(limits_.pace);
  site->last_error.clear();
  site->last_host.clear();
  release_held(*site, now);
  offer_turn(*site);
}

std::optional<UnixTime> Schedule::next_due() const {
  if (waiting_.empty()) return std::nullopt;
  return (*waiting_.begin())->due;
}

void Schedule::prune(UnixTime now) {
  std::erase_if(destinations_, [&](const auto& one) {
    const auto& destination = one.second;
    if (destination.items != 0 || destination.routing || now < destination.way_ends) return false;
    if (destination.site != nullptr) --destination.site->refs;
    return true;
  });
  std::erase_if(sites_, [&](const auto& one) {
    const auto& site = *one.second;
    return site.refs == 0 && site.lines == 0 && site.taken == 0 && site.deferring == 0 &&
           site.due.empty() && site.held == 0 && !site.has_turn &&
           site.used + limits_.site_lives <= now &&
           site.health.state(now) != policy::SiteHealth::State::kResting;
  });
}

Site* Schedule::find_site(const std::string& name) {
  const auto at = sites_.find(name);
  if (at != sites_.end()) return at->second.get();
  const auto destination = destinations_.find(name);
  return destination == destinations_.end() ? nullptr : destination->second.site;
}

std::vector<SiteView> Schedule::view(UnixTime now) const {
  using State = policy::SiteHealth::State;
  std::unordered_map<const Site*, SiteView> views;
  for (const auto& [name, destination] : destinations_) {
    if (destination.items == 0 || destination.site == nullptr) continue;
    auto& view = views[destination.site];
    view.waiting += destination.items;
    ++view.destination_count;
    if (view.destinations.size() < kDestinationsShown) view.destinations.push_back(name);
  }
  std::vector<SiteView> out;
  for (const auto& [name, site] : sites_) {
    const auto state = site->health.state(now);
    auto& view = views[site.get()];
    if (view.waiting == 0 && site->lines == 0 && state == State::kOpen) continue;
    view.name = name.starts_with('?') ? name.substr(1) : name;
    view.due = site->due.size();
    view.under_way = site->taken;
    view.window = site->health.window(now);
    view.connections = site->lines;
    view.idle = site->parked.size();
    if (state == State::kTrying) view.state = SiteView::State::kTrying;
    if (state == State::kResting) {
      const bool down = site->health.why() == policy::SiteHealth::Why::kDown;
      view.state = down ? SiteView::State::kDown : SiteView::State::kTooMuch;
      view.rests_until = site->health.rests_until();
    }
    view.last_error = site->last_error;
    view.last_host = site->last_host;
    out.push_back(std::move(view));
  }
  std::ranges::sort(out, [](const SiteView& a, const SiteView& b) {
    return a.waiting != b.waiting ? a.waiting > b.waiting : a.name < b.name;
  });
  return out;
}

}  // namespace hikyaku::delivery
