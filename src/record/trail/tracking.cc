// SPDX-License-Identifier: Apache-2.0
#include "record/trail/tracking.h"

#include "record/trail/number.h"

namespace hikyaku::trail {

std::string to_text(TrackingId id) { return number_text(id.value); }

std::optional<TrackingId> parse_tracking(std::string_view text) {
  const auto number = parse_number(text);
  if (!number) return std::nullopt;
  return TrackingId(*number);
}

UnixTime time_of(TrackingId id) { return number_time(id.value); }

TrackingId next_tracking(const Clock& clock) { return TrackingId(next_number(clock)); }

}  // namespace hikyaku::trail
