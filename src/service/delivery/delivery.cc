// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/delivery.h"

#include <mutex>
#include <random>
#include <utility>

#include "base/event.h"
#include "base/event_keys.h"
#include "port/net/timer.h"
#include "record/trail/tracking.h"
#include "service/delivery/attempt.h"
#include "service/delivery/report.h"
#include "service/delivery/schedule.h"
#include "service/delivery/settle.h"

namespace hikyaku::delivery {
namespace {

namespace key = event::key;

constexpr std::size_t kDuePerRead = 5'000;
constexpr std::size_t kCommitTries = 8;
constexpr Duration kAfterFailure = std::chrono::seconds(5);
constexpr Duration kStopPatience = std::chrono::seconds(10);
constexpr Duration kLongestNap = std::chrono::hours(1);

double random_share() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(random);
}

/// One line for each recipient that is decided, and one for those that wait: what the trail keeps,
/// for those who read the log.
void log_outcome(const queue::Item& item, const Settlement& settlement) {
  const auto tracking = trail::to_text(item.tracking);
  for (const auto& told : settlement.events) {
    std::string_view name;
    if (told.kind == trail::Kind::kDelivered) name = "delivery.delivered";
    if (told.kind == trail::Kind::kDeferred) name = "delivery.deferred";
    if (told.kind == trail::Kind::kFailed) name = "delivery.failed";
    if (name.empty()) continue;
    const auto fact = [&told](std::string_view wanted) -> std::string_view {
      for (const auto& [fact_name, value] : told.facts)
        if (fact_name == wanted) return value;
      return {};
    };
    event::info(name, {{key::kTracking, tracking},
                       {key::kDomain, item.destination},
                       {key::kTo, fact("to")},
                       {key::kHost, fact("host")},
                       {key::kReply, fact("reply")}});
  }
}

}  // namespace

struct Delivery::Impl {
  Options options;
  Ports ports;
  mutable std::mutex mutex;  // guards schedule and nap
  Schedule schedule;
  std::shared_ptr<TaskScope> nap = std::make_shared<TaskScope>();
  TaskScope attempts;

  Impl(Options o, Ports p)
      : options(std::move(o)), ports(std::move(p)), schedule(options.connections_per_destination) {}

  void learn(const queue::Due& due) {
    const std::lock_guard lock(mutex);
    schedule.add(due);
    nap->stop();
  }
  void forget(QueueId id) {
    const std::lock_guard lock(mutex);
    schedule.forget(id);
  }
  void give_back(QueueId id) {
    const std::lock_guard lock(mutex);
    schedule.give_back(id);
    nap->stop();
  }
  void wake() {
    const std::lock_guard lock(mutex);
    nap->stop();
  }

  Task<Status> load();
  Task<void> work(TaskScope* scope);
  Task<void> sleep(TaskScope* scope);
  void start_what_is_due();
  Task<void> deliver(queue::Due due);
  Task<void> deliver_item(queue::Item item);
  Task<void> record(queue::Item before, Settlement settlement);
  Task<void> report(const queue::Item* before, Settlement* settlement);
  Task<void> look_again(QueueId id);
};

Delivery::Delivery(Options options, Ports ports)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(ports))) {}
Delivery::~Delivery() = default;

void Delivery::queued(const queue::Item& item) {
  impl_->learn({item.due, item.id, item.destination});
}

void Delivery::changed(QueueId id) {
  impl_->attempts.spawn_on(impl_->ports.loops.next(), impl_->look_again(id));
}

Delivery::Load Delivery::load() const {
  const std::lock_guard lock(impl_->mutex);
  return {impl_->schedule.size(), impl_->schedule.taken(), impl_->attempts.size()};
}

Task<void> Delivery::run(TaskScope* scope) {
  const TaskScope::StopHook hook(*scope, [this] { impl_->wake(); });
  co_await impl_->work(scope);
}

Task<Status> Delivery::Impl::load() {
  std::optional<queue::Due> after;
  for (;;) {
    HK_CO_ASSIGN(const auto some, co_await queue::due(&ports.store, after, kDuePerRead));
    for (const auto& due : some) learn(due);
    if (some.size() < kDuePerRead) co_return Status{};
    after = some.back();
  }
}

Task<void> Delivery::Impl::work(TaskScope* scope) {
  while (!scope->stopping()) {
    const auto loaded = co_await load();
    if (loaded) break;
    event::error("delivery.load", {{key::kError, loaded.error().text}});
    ignore(co_await net::sleep_for(kAfterFailure, scope), "only waits");
  }
  while (!scope->stopping()) {
    start_what_is_due();
    co_await sleep(scope);
  }
  // What has sent its final dot should hear the answer: else the message is sent twice.
  const auto until = net::after(kStopPatience);
  while (attempts.size() != 0 && std::chrono::steady_clock::now() < until)
    ignore(co_await net::sleep_for(std::chrono::milliseconds(20), nullptr), "only waits");
  attempts.stop();
  co_await attempts.join();
}

void Delivery::Impl::start_what_is_due() {
  {
    // Before looking: what comes from here on ends the sleep that follows.
    const std::lock_guard lock(mutex);
    if (nap->stopping()) nap = std::make_shared<TaskScope>();
  }
  for (;;) {
    std::optional<queue::Due> due;
    {
      const std::lock_guard lock(mutex);
      if (schedule.taken() >= options.connections_max) return;
      due = schedule.take(ports.clock.now());
    }
    if (!due) return;
    if (!attempts.spawn_on(ports.loops.next(), deliver(*due))) give_back(due->id);
  }
}

Task<void> Delivery::Impl::sleep(TaskScope* scope) {
  std::shared_ptr<TaskScope> waker;
  auto until = net::after(kLongestNap);
  {
    const std::lock_guard lock(mutex);
    if (const auto next = schedule.next_due()) {
      const auto wait = *next - ports.clock.now();
      until = std::min(until, net::after(std::max(Duration(std::chrono::milliseconds(1)), wait)));
    }
    waker = nap;
  }
  if (scope->stopping()) co_return;
  ignore(co_await net::sleep_until(until, waker.get()), "woken or not, we look again");
}

Task<void> Delivery::Impl::look_again(QueueId id) {
  const auto item = co_await queue::read(&ports.store, id);
  if (!item) co_return;  // it stays in the schedule and is read when its time comes
  if (*item) {
    learn({(*item)->due, id, (*item)->destination});
  } else {
    forget(id);
  }
}

Task<void> Delivery::Impl::deliver(queue::Due due) {
  auto item = co_await queue::read(&ports.store, due.id);
  if (!item) {
    event::error("delivery.read",
                 {{key::kQueue, queue::to_text(due.id)}, {key::kError, item.error().text}});
    learn({ports.clock.now() + kAfterFailure, due.id, due.destination});
  } else if (*item && (*item)->due > ports.clock.now()) {
    learn({(*item)->due, due.id, due.destination});
  } else if (*item) {
    co_await deliver_item(**std::move(item));
  }
  give_back(due.id);
}

Task<void> Delivery::Impl::deliver_item(queue::Item item) {
  if (item.destination == queue::kReportDestination) {
    auto settlement = report_only(item, ports.clock.now());
    co_await record(std::move(item), std::move(settlement));
    co_return;
  }
  if (item.destination == queue::kLocalDestination) {
    auto settled = co_await ports.intake.expand(item);
    if (!settled) {
      event::warn("delivery.expand",
                  {{key::kQueue, queue::to_text(item.id)}, {key::kError, settled.error().text}});
      learn({ports.clock.now() + kAfterFailure, item.id, item.destination});
    } else if (*settled) {
      auto settlement = failed_here(**settled, ports.clock.now());
      co_await record(**std::move(settled), std::move(settlement));
    }
    co_return;
  }
  const auto result = co_await attempt(&options, &ports, item, &attempts);
  if (result.stopped) {
    learn({item.due, item.id, item.destination});
    co_return;
  }
  auto settlement = settle(item, result, options.plan, ports.clock.now(), random_share());
  co_await record(std::move(item), std::move(settlement));
}

Task<void> Delivery::Impl::report(const queue::Item* before, Settlement* settlement) {
  for (const auto* list : {&settlement->failed, &settlement->delayed, &settlement->done}) {
    if (list->empty()) continue;
    // The report is taken in before the item forgets why: a crash between the two repeats it.
    auto sent = co_await send_report(&options, &ports, *before, *list);
    while (!sent && sent.error().remedy == Remedy::kRetryLater && !attempts.stopping()) {
      event::error("delivery.report",
                   {{key::kQueue, queue::to_text(before->id)}, {key::kError, sent.error().text}});
      ignore(co_await net::sleep_for(kAfterFailure, &attempts), "only waits");
      sent = co_await send_report(&options, &ports, *before, *list);
    }
    if (!sent || sent->empty()) continue;
    settlement->events.push_back(
        {ports.clock.now(), trail::Kind::kBounced, {{"to", before->sender}, {"tracking", *sent}}});
  }
}

/// Commits what became of an item. It is not given up: a result that is forgotten is a message sent
/// twice.
Task<void> Delivery::Impl::record(queue::Item before, Settlement settlement) {
  co_await report(&before, &settlement);
  for (std::size_t tries = 0; tries < kCommitTries;) {
    store::Txn txn;
    if (settlement.finished) {
      queue::remove(txn, before);
    } else {
      queue::update(txn, before, settlement.item);
    }
    trail::add_events(txn, before.tracking, before.id, settlement.events);
    const auto done = co_await ports.store.submit(std::move(txn));
    if (done.outcome == store::Outcome::kCommitted) {
      log_outcome(before, settlement);
      if (!settlement.finished) learn({settlement.item.due, before.id, before.destination});
      co_return;
    }
    if (done.outcome == store::Outcome::kConflict) {
      // An administrator touched it meanwhile; what the remote said still holds.
      const auto now = co_await queue::read(&ports.store, before.id);
      if (now && !*now) co_return;
      if (now) before = **now;
      ++tries;
      continue;
    }
    event::error("delivery.record",
                 {{key::kQueue, queue::to_text(before.id)}, {key::kError, done.error}});
    if (attempts.stopping()) co_return;
    ignore(co_await net::sleep_for(kAfterFailure, &attempts), "only waits");
  }
  learn({settlement.item.due, before.id, before.destination});
}

}  // namespace hikyaku::delivery
