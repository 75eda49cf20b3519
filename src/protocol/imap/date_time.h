// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hikyaku::imap {

/// A day of the calendar, without zone (RFC 9051 §6.4.4: SEARCH disregards time and zone).
struct Date {
  /// Days since 1970-01-01 in the proleptic Gregorian calendar.
  std::int32_t days = 0;
  auto operator<=>(const Date&) const = default;
};

/// A moment, with the zone in which somebody said it.
struct DateTime {
  std::int64_t unix_s = 0;
  std::int32_t zone_minutes = 0;  ///< east of Greenwich
  bool operator==(const DateTime&) const = default;
};

/// "1-Feb-1994" or "01-Feb-1994" (RFC 9051 §9 date-text). Errors: kPermanent, also for 30-Feb.
[[nodiscard]] Result<Date> parse_date(std::string_view text);
/// "17-Jul-1996 02:44:25 -0700", the day with a space or a zero before it (RFC 9051 §9 date-time).
[[nodiscard]] Result<DateTime> parse_date_time(std::string_view text);

/// Appends "17-Jul-1996 02:44:25 -0700" with its quotes, 28 octets. Years outside of 0000 to 9999
/// become the nearest one inside.
void append_date_time(std::string& out, DateTime time);
/// Appends "1-Feb-1994".
void append_date(std::string& out, Date date);

}  // namespace hikyaku::imap
