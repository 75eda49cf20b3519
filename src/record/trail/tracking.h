// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"

namespace hikyaku::trail {

/// A tracking number as text: 13 characters of Crockford's base 32 (no I, L, O, U), which are read
/// to the letter over a telephone; small letters, and i l o for 1 1 0, are understood.
[[nodiscard]] std::string to_text(TrackingId id);
[[nodiscard]] std::optional<TrackingId> parse_tracking(std::string_view text);

/// When the number was given, to the millisecond.
[[nodiscard]] UnixTime time_of(TrackingId id);

/// Gives numbers: 42 bits of milliseconds since 2020, 22 bits that no other number of this
/// millisecond has (a counter that starts at random). Threads: any.
[[nodiscard]] TrackingId next_tracking(const Clock& clock);

}  // namespace hikyaku::trail
