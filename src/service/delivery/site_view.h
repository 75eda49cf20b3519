// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace hikyaku::delivery {

/// A site as administrators see it: hosts that take mail for one or more destinations.
struct SiteView {
  enum class State : unsigned char { kOpen, kTrying, kDown, kTooMuch };
  std::string name;                       ///< its hosts, or the destination that has none
  std::vector<std::string> destinations;  ///< some that have mail waiting
  std::size_t destination_count = 0;      ///< all of them
  std::size_t waiting = 0;                ///< messages
  std::size_t due = 0;                    ///< of these, now
  std::size_t under_way = 0;
  std::size_t window = 0;  ///< how many may be under way
  std::size_t connections = 0;
  std::size_t idle = 0;  ///< of these, open without a message
  State state = State::kOpen;
  std::optional<UnixTime> rests_until;
  std::string last_error;  ///< empty: none since it answered last
  std::string last_host;
};

}  // namespace hikyaku::delivery
