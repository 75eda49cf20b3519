// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/record.h"

#include <utility>

#include "base/event.h"
#include "base/event_keys.h"
#include "port/net/timer.h"
#include "record/trail/tracking.h"
#include "service/delivery/report.h"

namespace hikyaku::delivery {
namespace {

namespace key = event::key;

constexpr std::size_t kCommitTries = 8;
constexpr Duration kAfterFailure = std::chrono::seconds(5);

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

Task<void> report(const Options* options, const Ports* ports, TaskScope* scope,
                  const queue::Item* before, Settlement* settlement) {
  for (const auto* list : {&settlement->failed, &settlement->delayed, &settlement->done}) {
    if (list->empty()) continue;
    // The report is taken in before the item forgets why: a crash between the two repeats it.
    auto sent = co_await send_report(options, ports, *before, *list);
    while (!sent && sent.error().remedy == Remedy::kRetryLater && !scope->stopping()) {
      event::error("delivery.report",
                   {{key::kQueue, queue::to_text(before->id)}, {key::kError, sent.error().text}});
      ignore(co_await net::sleep_for(kAfterFailure, scope), "only waits");
      sent = co_await send_report(options, ports, *before, *list);
    }
    if (!sent || sent->empty()) continue;
    settlement->events.push_back(
        {ports->clock.now(), trail::Kind::kBounced, {{"to", before->sender}, {"tracking", *sent}}});
  }
}

}  // namespace

Task<std::optional<UnixTime>> record(const Options* options, const Ports* ports, TaskScope* scope,
                                     queue::Item before, Settlement settlement) {
  co_await report(options, ports, scope, &before, &settlement);
  for (std::size_t tries = 0; tries < kCommitTries;) {
    store::Txn txn;
    if (settlement.finished) {
      queue::remove(txn, before);
    } else {
      queue::update(txn, before, settlement.item);
    }
    trail::add_events(txn, before.tracking, before.id, settlement.events);
    const auto done = co_await ports->store.submit(std::move(txn));
    if (done.outcome == store::Outcome::kCommitted) {
      log_outcome(before, settlement);
      if (settlement.finished) co_return std::nullopt;
      co_return settlement.item.due;
    }
    if (done.outcome == store::Outcome::kConflict) {
      // An administrator touched it meanwhile; what the remote said still holds.
      const auto now = co_await queue::read(&ports->store, before.id);
      if (now && !*now) co_return std::nullopt;
      if (now) before = **now;
      ++tries;
      continue;
    }
    event::error("delivery.record",
                 {{key::kQueue, queue::to_text(before.id)}, {key::kError, done.error}});
    if (scope->stopping()) co_return std::nullopt;
    ignore(co_await net::sleep_for(kAfterFailure, scope), "only waits");
  }
  co_return settlement.item.due;
}

}  // namespace hikyaku::delivery
