// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "policy/retry.h"
#include "protocol/dsn/report.h"
#include "record/queue/queue.h"
#include "service/delivery/attempt.h"

namespace hikyaku::delivery {

/// What follows from an attempt: the item as it is to be kept, whom to report, and the trail.
struct Settlement {
  queue::Item item;                     ///< recipients' states, attempts, next due time
  bool finished = false;                ///< nobody waits any more: remove it
  std::vector<dsn::Recipient> failed;   ///< report these now
  std::vector<dsn::Recipient> delayed;  ///< warn the sender about these, once
  std::vector<dsn::Recipient> done;     ///< went well, and the sender asked to be told
  std::vector<trail::Event> events;
};

/// Of an item for queue::kReportDestination: the report is all that is left to do.
[[nodiscard]] Settlement report_only(const queue::Item& item, UnixTime now);

/// Recipients that have failed while they were given out here (Intake::expand).
[[nodiscard]] Settlement failed_here(const queue::Item& item, UnixTime now);

/// Pure. `random` in [0, 1) spreads the next attempts. A recipient that still waits when the plan's
/// time is over has failed.
[[nodiscard]] Settlement settle(const queue::Item& before, const AttemptResult& result,
                                const policy::RetryPlan& plan, UnixTime now, double random);

}  // namespace hikyaku::delivery
