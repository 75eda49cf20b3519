// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "port/net/stream.h"

namespace hikyaku::net {

/// How long a server waits for what a client says next.
///
/// Patience counts from the answer to what was said before, not from the last octet: a client that
/// sends an octet now and then must not hold its place for ever. For long input, as messages, it is
/// more by what came, at the least rate that is no attack; and it is never more than the patience
/// after the last octet.
class Pace {
 public:
  static constexpr std::uint64_t kOctetsPerSecondMin = 500;

  /// What was said is answered: the wait for the next begins.
  void answered(SteadyTime now) noexcept;
  void received(std::size_t octets) noexcept { octets_ += octets; }

  [[nodiscard]] Deadline deadline(SteadyTime now, Duration patience) const noexcept;

 private:
  SteadyTime since_ = std::chrono::steady_clock::now();
  std::uint64_t octets_ = 0;
};

}  // namespace hikyaku::net
