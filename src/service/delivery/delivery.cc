// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/delivery.h"

#include <algorithm>
#include <list>
#include <mutex>
#include <random>
#include <utility>

#include "base/event.h"
#include "base/event_keys.h"
#include "port/net/timer.h"
#include "service/delivery/line.h"
#include "service/delivery/record.h"
#include "service/delivery/route.h"
#include "service/delivery/schedule.h"
#include "service/delivery/settle.h"

namespace hikyaku::delivery {
namespace {

namespace key = event::key;
using Feedback = Schedule::Feedback;

constexpr std::size_t kDuePerRead = 5'000;
constexpr Duration kAfterFailure = std::chrono::seconds(5);
constexpr Duration kStopPatience = std::chrono::seconds(10);
constexpr Duration kLongestNap = std::chrono::minutes(1);
/// A site that is down is called this often at least, whatever the plan of its messages says.
constexpr std::chrono::seconds kLongestRest = std::chrono::minutes(15);

double random_share() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(random);
}

Schedule::Limits limits_of(const Options& options) {
  Schedule::Limits out;
  out.pace.most = options.connections_per_site;
  out.pace.rests.clear();
  for (const auto step : options.plan.steps) out.pace.rests.push_back(std::min(step, kLongestRest));
  if (out.pace.rests.empty()) out.pace.rests.push_back(std::min(options.plan.then, kLongestRest));
  out.taken_max = options.connections_max;
  return out;
}

/// For those who read the log: a site that is left alone from now on, and its return.
void tell(const Site& site, UnixTime rested, bool back, UnixTime now) {
  if (back) event::info("delivery.site_back", {{key::kHost, site.name}});
  if (site.health.rests_until() == rested) return;
  const auto rest = std::chrono::ceil<std::chrono::seconds>(site.health.rests_until() - now);
  const bool down = site.health.why() == policy::SiteHealth::Why::kDown;
  event::warn("delivery.site_rests", {{key::kHost, site.name},
                                      {key::kReason, down ? "down" : "too much"},
                                      {key::kRest, static_cast<std::int64_t>(rest.count())},
                                      {key::kReply, site.last_error}});
}

queue::Due due_of(const queue::Item& item, UnixTime due) {
  return {due, item.id, item.destination, queue::sender_key(item.sender)};
}

}  // namespace

struct Delivery::Impl {
  Options options;
  Ports ports;
  mutable std::mutex mutex;  // guards all but the scopes
  Schedule schedule;
  std::list<Line*> parked;  // open connections without work, the oldest first
  std::size_t lines = 0;
  bool open = false;
  std::shared_ptr<TaskScope> nap = std::make_shared<TaskScope>();
  UnixTime nap_until{};
  UnixTime pruned{};
  TaskScope attempts;

  Impl(Options o, Ports p)
      : options(std::move(o)), ports(std::move(p)), schedule(limits_of(options)) {}

  void learn(const queue::Due& due) {
    {
      const std::lock_guard lock(mutex);
      schedule.add(due);
    }
    dispatch();
  }

  Task<Status> load();
  Task<void> work(TaskScope* scope);
  Task<void> sleep(TaskScope* scope);
  void dispatch();
  bool start_one();
  void start(Schedule::Pick pick);
  void dismiss_all();

  Task<void> route(std::string destination);
  Task<void> put_one_off(Schedule::Pick pick);
  Task<void> run_line(Schedule::Pick first);
  std::optional<Schedule::Pick> next_for(Line& line, std::size_t in_a_row, bool& parked_now);
  void unpark(Line& line);

  /// What a pick came to.
  struct Done {
    AttemptResult result;  ///< as far as there was an attempt
    std::optional<UnixTime> due;
  };
  Task<Done> deliver(Line* line, const Schedule::Pick* pick);
  Task<std::optional<UnixTime>> deliver_here(queue::Item item);
  void give_back(const Schedule::Pick& pick, Done done);
  bool is_full(const Site& site, const AttemptResult& result) const;
  Task<void> look_again(QueueId id);
};

Delivery::Delivery(Options options, Ports ports)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(ports))) {}
Delivery::~Delivery() = default;

void Delivery::queued(const queue::Item& item) { impl_->learn(due_of(item, item.due)); }

void Delivery::changed(QueueId id) {
  impl_->attempts.spawn_on(impl_->ports.loops.next(), impl_->look_again(id));
}

std::size_t Delivery::hurry(QueueId id) {
  std::size_t count = 0;
  {
    const std::lock_guard lock(impl_->mutex);
    count = impl_->schedule.hurry(id, impl_->ports.clock.now());
  }
  impl_->dispatch();
  return count;
}

std::size_t Delivery::hurry_all(std::string_view destination) {
  std::size_t count = 0;
  {
    const std::lock_guard lock(impl_->mutex);
    count = impl_->schedule.hurry_all(destination, impl_->ports.clock.now());
  }
  impl_->dispatch();
  return count;
}

std::vector<SiteView> Delivery::sites(const std::string& name) const {
  const std::lock_guard lock(impl_->mutex);
  auto views = impl_->schedule.view(impl_->ports.clock.now());
  if (name.empty()) return views;
  const auto* site = impl_->schedule.find_site(name);
  std::erase_if(views, [&](const SiteView& view) {
    return site == nullptr || (view.name != site->name && "?" + view.name != site->name);
  });
  return views;
}

bool Delivery::reset(const std::string& name) {
  {
    const std::lock_guard lock(impl_->mutex);
    auto* site = name.empty() ? nullptr : impl_->schedule.find_site(name);
    if (site == nullptr && !name.empty()) return false;
    impl_->schedule.reset(site, impl_->ports.clock.now());
  }
  impl_->dispatch();
  return true;
}

Delivery::Load Delivery::load() const {
  const std::lock_guard lock(impl_->mutex);
  return {impl_->schedule.size(), impl_->schedule.taken(), impl_->lines};
}

Task<void> Delivery::run(TaskScope* scope) {
  const TaskScope::StopHook hook(*scope, [this] {
    const std::lock_guard lock(impl_->mutex);
    impl_->nap->stop();
  });
  co_await impl_->work(scope);
}

Task<Status> Delivery::Impl::load() {
  std::optional<queue::Due> after;
  for (;;) {
    HK_CO_ASSIGN(const auto some, co_await queue::due(&ports.store, after, kDuePerRead));
    {
      const std::lock_guard lock(mutex);
      for (const auto& due : some) schedule.add(due);
    }
    // What is due goes out while the rest is read.
    dispatch();
    if (some.size() < kDuePerRead) co_return Status{};
    after = some.back();
  }
}

Task<void> Delivery::Impl::work(TaskScope* scope) {
  {
    const std::lock_guard lock(mutex);
    open = true;
  }
  while (!scope->stopping()) {
    const auto loaded = co_await load();
    if (loaded) break;
    event::error("delivery.load", {{key::kError, loaded.error().text}});
    ignore(co_await net::sleep_for(kAfterFailure, scope), "only waits");
  }
  while (!scope->stopping()) {
    dispatch();
    co_await sleep(scope);
  }
  dismiss_all();
  // What has sent its final dot should hear the answer: else the message is sent twice.
  const auto until = net::after(kStopPatience);
  while (attempts.size() != 0 && std::chrono::steady_clock::now() < until)
    ignore(co_await net::sleep_for(std::chrono::milliseconds(20), nullptr), "only waits");
  attempts.stop();
  co_await attempts.join();
}

void Delivery::Impl::dismiss_all() {
  const std::lock_guard lock(mutex);
  open = false;
  for (auto* line : parked) line->dismiss();
}

/// Until something becomes due; from time to time, what nobody needs any more is dropped.
Task<void> Delivery::Impl::sleep(TaskScope* scope) {
  std::shared_ptr<TaskScope> waker;
  auto wait = kLongestNap;
  {
    const std::lock_guard lock(mutex);
    const auto now = ports.clock.now();
    if (now - pruned >= kLongestNap) {
      pruned = now;
      schedule.prune(now);
    };
    if (nap->stopping()) nap = std::make_shared<TaskScope>();
    if (const auto next = schedule.next_due())
      wait = std::clamp(Duration(*next - now), Duration(std::chrono::milliseconds(1)), wait);
    nap_until = now + wait;
    waker = nap;
  }
  if (scope->stopping()) co_return;
  ignore(co_await net::sleep_for(wait, waker.get()), "woken or not, we look again");
}

/// Starts all that may start now. From any thread.
void Delivery::Impl::dispatch() {
  while (start_one()) {
  }
}

bool Delivery::Impl::start_one() {
  Schedule::Pick pick;
  {
    const std::lock_guard lock(mutex);
    if (!open) return false;
    auto next = schedule.take(ports.clock.now());
    if (!next) {
      if (const auto due = schedule.next_due(); due && *due < nap_until) nap->stop();
      return false;
    }
    pick = *std::move(next);
    if (pick.job == Schedule::Job::kDeliver) {
      if (!pick.site->parked.empty()) {
        auto* line = pick.site->parked.back();
        unpark(*line);
        line->call(std::move(pick));
        return true;
      }
      if (lines >= options.connections_max && !parked.empty()) {
        auto* oldest = parked.front();
        unpark(*oldest);
        oldest->dismiss();
      }
      ++lines;
      ++pick.site->lines;
    }
  }
  start(std::move(pick));
  return true;
}

void Delivery::Impl::start(Schedule::Pick pick) {
  auto& loop = ports.loops.next();
  switch (pick.job) {
    // What is refused is refused because we stop: nobody looks at the schedule any more.
    case Schedule::Job::kRoute: attempts.spawn_on(loop, route(pick.due.destination)); break;
    case Schedule::Job::kDefer: attempts.spawn_on(loop, put_one_off(std::move(pick))); break;
    case Schedule::Job::kDeliver: attempts.spawn_on(loop, run_line(std::move(pick))); break;
  }
}

/// With the lock.
void Delivery::Impl::unpark(Line& line) {
  std::erase(line.site().parked, &line);
  parked.remove(&line);
}

Task<void> Delivery::Impl::route(std::string destination) {
  const auto found = co_await find_route(&options, &ports, destination);
  {
    const std::lock_guard lock(mutex);
    schedule.routed(destination, found ? way_of(*found) : no_way(destination), ports.clock.now());
  }
  dispatch();
}

Task<void> Delivery::Impl::put_one_off(Schedule::Pick pick) {
  Done done;
  auto item = co_await queue::read(&ports.store, pick.due.id);
  if (!item) {
    done.due = ports.clock.now() + kAfterFailure;
  } else if (*item) {
    {
      const std::lock_guard lock(mutex);
      done.result = put_off(**item, *pick.site);
    }
    auto settlement = settle(**item, done.result, options.plan, ports.clock.now(), random_share());
    done.due =
        co_await record(&options, &ports, &attempts, **std::move(item), std::move(settlement));
  }
  give_back(pick, std::move(done));
  dispatch();
}

Task<void> Delivery::Impl::run_line(Schedule::Pick first) {
  Line line(options, ports, *first.site, &attempts);
  std::optional<Schedule::Pick> pick = std::move(first);
  std::size_t in_a_row = 0;
  while (pick) {
    auto done = co_await deliver(&line, &*pick);
    give_back(*pick, std::move(done));
    bool parked_now = false;
    pick = next_for(line, ++in_a_row, parked_now);
    dispatch();
    if (!parked_now) continue;
    co_await line.park();
    in_a_row = 0;
    const std::lock_guard lock(mutex);
    unpark(line);
    pick = line.take_call();
  }
  co_await line.hang_up();
  {
    const std::lock_guard lock(mutex);
    --lines;
    --line.site().lines;
  }
  dispatch();
}

/// The next message of the same site, or the line is parked, if there is something to keep.
std::optional<Schedule::Pick> Delivery::Impl::next_for(Line& line, std::size_t in_a_row,
                                                       bool& parked_now) {
  const std::lock_guard lock(mutex);
  if (!open) return std::nullopt;
  auto pick = schedule.take_more(line.site(), in_a_row, ports.clock.now());
  parked_now = !pick && line.keeps();
  if (parked_now) {
    parked.push_back(&line);
    line.site().parked.push_back(&line);
  }
  return pick;
}

Task<void> Delivery::Impl::look_again(QueueId id) {
  const auto item = co_await queue::read(&ports.store, id);
  if (!item) co_return;  // it stays in the schedule and is read when its time comes
  if (*item) {
    learn(due_of(**item, (*item)->due));
    co_return;
  }
  const std::lock_guard lock(mutex);
  schedule.forget(id);
}

Task<Delivery::Impl::Done> Delivery::Impl::deliver(Line* line, const Schedule::Pick* pick) {
  Done done;
  auto read = co_await queue::read(&ports.store, pick->due.id);
  if (!read) {
    event::error("delivery.read",
                 {{key::kQueue, queue::to_text(pick->due.id)}, {key::kError, read.error().text}});
    done.due = ports.clock.now() + kAfterFailure;
    co_return done;
  }
  if (!*read) co_return done;
  auto item = **std::move(read);
  if (item.due > ports.clock.now() && !pick->hurried) {
    done.due = item.due;
    co_return done;
  }
  if (item.destination == queue::kReportDestination ||
      item.destination == queue::kLocalDestination) {
    done.due = co_await deliver_here(std::move(item));
    co_return done;
  }
  done.result = co_await line->deliver(item, pick->order);
  if (done.result.no_connection) {
    const std::lock_guard lock(mutex);
    if (is_full(line->site(), done.result)) {
      done.result.news.feedback = Feedback::kFull;
      done.result.untouched = true;
    }
  }
  if (done.result.untouched) {
    done.due = ports.clock.now();
    co_return done;
  }
  auto settlement = settle(item, done.result, options.plan, ports.clock.now(), random_share());
  done.due = co_await record(&options, &ports, &attempts, std::move(item), std::move(settlement));
  co_return done;
}

/// Others talk with the site, and all is well: it takes no more than these.
bool Delivery::Impl::is_full(const Site& site, const AttemptResult& result) const {
  return result.news.feedback == Feedback::kFailed && site.taken > 1 &&
         site.health.why() == policy::SiteHealth::Why::kNone &&
         site.health.failures_in_a_row() == 0 && site.answers != 0;
}

Task<std::optional<UnixTime>> Delivery::Impl::deliver_here(queue::Item item) {
  if (item.destination == queue::kReportDestination) {
    auto settlement = report_only(item, ports.clock.now());
    co_return co_await record(&options, &ports, &attempts, std::move(item), std::move(settlement));
  }
  auto settled = co_await ports.intake.expand(item);
  if (!settled) {
    event::warn("delivery.expand",
                {{key::kQueue, queue::to_text(item.id)}, {key::kError, settled.error().text}});
    co_return ports.clock.now() + kAfterFailure;
  }
  if (!*settled) co_return std::nullopt;
  auto settlement = failed_here(**settled, ports.clock.now());
  co_return co_await record(&options, &ports, &attempts, **std::move(settled),
                            std::move(settlement));
}

void Delivery::Impl::give_back(const Schedule::Pick& pick, Done done) {
  const std::lock_guard lock(mutex);
  const auto now = ports.clock.now();
  const auto feedback = done.result.news.feedback;
  const bool site_only = feedback == Feedback::kFailed || feedback == Feedback::kTooMuch ||
                         pick.job == Schedule::Job::kDefer;
  auto due = pick.due;
  if (done.due) {
    due.due = *done.due;
    schedule.add(due);
  }
  const auto rested = pick.site->health.rests_until();
  const bool back = schedule.learn(*pick.site, std::move(done.result.news), now, random_share());
  tell(*pick.site, rested, back, now);
  auto how = site_only ? Schedule::Left::kHeld : Schedule::Left::kSettled;
  if (done.result.untouched) how = Schedule::Left::kUntouched;
  schedule.give_back(pick, now, how);
}

}  // namespace hikyaku::delivery
