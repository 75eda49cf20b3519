// SPDX-License-Identifier: Apache-2.0
#include "port/net/pace.h"

#include <algorithm>

namespace hikyaku::net {

void Pace::answered(SteadyTime now) noexcept {
  since_ = now;
  octets_ = 0;
}

Deadline Pace::deadline(SteadyTime now, Duration patience) const noexcept {
  const auto earned =
      std::chrono::milliseconds(octets_ / kOctetsPerSecondMin * 1000 +
                                octets_ % kOctetsPerSecondMin * 1000 / kOctetsPerSecondMin);
  return std::min(now + patience, since_ + patience + earned);
}

}  // namespace hikyaku::net
