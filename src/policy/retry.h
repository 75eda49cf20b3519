// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace hikyaku::policy {

/// When a message that could not be delivered is tried again (RFC 5321 §4.5.4.1).
struct RetryPlan {
  /// After attempt n fails, steps[n - 1] passes; when they are used up, `then` again and again.
  std::vector<std::chrono::seconds> steps{std::chrono::minutes(1),  std::chrono::minutes(2),
                                          std::chrono::minutes(5),  std::chrono::minutes(10),
                                          std::chrono::minutes(20), std::chrono::minutes(30)};
  std::chrono::seconds then = std::chrono::minutes(60);
  std::chrono::seconds lifetime = std::chrono::days(5);     ///< given up after that, with a DSN
  std::chrono::seconds warn_after = std::chrono::hours(4);  ///< delay DSN, once
  double jitter = 0.1;                                      ///< part of a step, to both sides

  /// The moment of the next attempt. `attempts` were made, the last at `now`. `random` in [0, 1)
  /// spreads messages that failed together. Never after the end of the lifetime: the last attempt
  /// is made there, so that "5 days" means that it was tried for 5 days.
  [[nodiscard]] UnixTime next_attempt(UnixTime first, std::uint32_t attempts, UnixTime now,
                                      double random) const;
  [[nodiscard]] UnixTime expires(UnixTime first) const { return first + lifetime; }
  [[nodiscard]] bool expired(UnixTime first, UnixTime now) const { return now >= expires(first); }
  [[nodiscard]] bool warning_due(UnixTime first, UnixTime now) const {
    return now >= first + warn_after && !expired(first, now);
  }
};

}  // namespace hikyaku::policy
