// SPDX-License-Identifier: Apache-2.0
#include "policy/retry.h"

#include <algorithm>

namespace hikyaku::policy {

UnixTime RetryPlan::next_attempt(UnixTime first, std::uint32_t attempts, UnixTime now,
                                 double random) const {
  const std::size_t step = attempts == 0 ? 0 : attempts - 1;
  const Duration wait = step < steps.size() ? Duration(steps[step]) : Duration(then);
  const double spread = jitter * (2 * std::clamp(random, 0.0, 1.0) - 1);
  const Duration varied(
      static_cast<Duration::rep>(static_cast<double>(wait.count()) * (1 + spread)));
  const UnixTime next = now + std::max(varied, Duration(std::chrono::seconds(1)));
  // One last attempt when the time is up, unless it is up already.
  return now < expires(first) ? std::min(next, expires(first)) : next;
}

}  // namespace hikyaku::policy
