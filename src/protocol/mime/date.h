// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace hikyaku::mime {

/// A Date field: a moment, and the clock of the one who wrote it.
struct Date {
  UnixTime time;
  std::chrono::minutes zone{0};  ///< east of UTC

  bool operator==(const Date&) const = default;
  /// The day as written, without regard to time and zone (IMAP SENTON, RFC 9051 §6.4.4).
  [[nodiscard]] std::chrono::sys_days day_as_written() const;
};

/// Reads a date-time with the forms of the wild: no weekday, names of zones, two-digit years,
/// comments, no seconds, no zone (then UTC), "Sat Mar  1 12:00:00 2003" of asctime. nullopt if no
/// moment can be made of it.
///
/// Source: RFC 5322 §3.3, §4.3.
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);

/// "Fri, 21 Nov 1997 09:55:06 -0600" (RFC 5322 §3.3).
[[nodiscard]] std::string print_date(UnixTime time,
                                     std::chrono::minutes zone = std::chrono::minutes{0});

}  // namespace hikyaku::mime
