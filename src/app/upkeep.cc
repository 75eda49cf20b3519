// SPDX-License-Identifier: Apache-2.0
#include "app/upkeep.h"

#include "base/event.h"
#include "base/event_keys.h"
#include "port/net/timer.h"
#include "record/trail/trail.h"

namespace hikyaku::app {
namespace {

constexpr Duration kKept = std::chrono::hours(24 * 90);
constexpr Duration kBetweenRounds = std::chrono::hours(1);
constexpr Duration kBetweenSteps = std::chrono::milliseconds(200);

}  // namespace

Task<void> trim_trail(store::Store* store, const Clock* clock, TaskScope* scope) {
  while (!scope->stopping()) {
    const auto erased = co_await trail::trim(store, clock->now() - kKept);
    if (!erased) event::warn("app.trim", {{event::key::kError, erased.error().text}});
    const bool more = erased && *erased != 0;
    if (!co_await net::sleep_for(more ? kBetweenSteps : kBetweenRounds, scope)) co_return;
  }
}

}  // namespace hikyaku::app
