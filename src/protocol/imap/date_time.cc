// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/date_time.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "protocol/imap/text.h"

namespace hikyaku::imap {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t kDaySeconds = 86'400;

/// Takes `count` digits off the front.
bool take_digits(std::string_view& text, std::size_t count, int& number) {
  if (text.size() < count) return false;
  number = 0;
  for (const char c : text.substr(0, count)) {
    if (!is_digit(c)) return false;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// "-Feb-1994", the day being there already.
bool take_month_year(std::string_view& text, int day, Date& date) {
  if (!take(text, '-') || text.size() < 3) return false;
  const auto month = std::ranges::find_if(
      kMonths, [&](std::string_view name) { return same_word(name, text.substr(0, 3)); });
  if (month == kMonths.end()) return false;
  text.remove_prefix(3);
  int year = 0;
  if (!take(text, '-') || !take_digits(text, 4, year)) return false;
  const std::chrono::year_month_day ymd{
      std::chrono::year(year),
      std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(day))};
  if (!ymd.ok()) return false;
  date.days = static_cast<std::int32_t>(std::chrono::sys_days(ymd).time_since_epoch().count());
  return true;
}

/// "02:44:25 -0700".
bool take_time_zone(std::string_view& text, std::int64_t& seconds, std::int32_t& zone_minutes) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!take_digits(text, 2, hour) || !take(text, ':') || !take_digits(text, 2, minute) ||
      !take(text, ':') || !take_digits(text, 2, second) || !take(text, ' ')) {
    return false;
  }
  const bool west = take(text, '-');
  int zone_hour = 0;
  int zone_minute = 0;
  if ((!west && !take(text, '+')) || !take_digits(text, 2, zone_hour) ||
      !take_digits(text, 2, zone_minute)) {
    return false;
  }
  // RFC 5322 §3.3 has the ranges; 60 is a leap second.
  if (hour > 23 || minute > 59 || second > 60 || zone_minute > 59) return false;
  seconds = hour * 3600 + minute * 60 + second;
  zone_minutes = (zone_hour * 60 + zone_minute) * (west ? -1 : 1);
  return true;
}

void append_two(std::string& out, std::int64_t number) {
  out += static_cast<char>('0' + number / 10 % 10);
  out += static_cast<char>('0' + number % 10);
}

void append_month_year(std::string& out, std::chrono::year_month_day ymd) {
  const int year = static_cast<int>(ymd.year());
  out += '-';
  out += kMonths[static_cast<unsigned>(ymd.month()) - 1];
  out += '-';
  append_two(out, year / 100);
  append_two(out, year % 100);
}

}  // namespace

Result<Date> parse_date(std::string_view text) {
  int day = 0;
  Date date;
  const std::size_t day_digits = text.size() > 1 && is_digit(text[1]) ? 2 : 1;
  if (!take_digits(text, day_digits, day) || !take_month_year(text, day, date) || !text.empty()) {
    return permanent("that is no date, like 1-Feb-1994");
  }
  return date;
}

Result<DateTime> parse_date_time(std::string_view text) {
  constexpr std::string_view kMalformed = "that is no date, like \"17-Jul-1996 02:44:25 -0700\"";
  int day = 0;
  Date date;
  DateTime time;
  std::int64_t seconds = 0;
  // RFC 9051 §9 date-day-fixed: (SP DIGIT) / 2DIGIT. One digit alone is taken too: clients send it.
  const bool short_day =
      take(text, ' ') || (text.size() > 1 && is_digit(text[0]) && !is_digit(text[1]));
  if (!take_digits(text, short_day ? 1 : 2, day) || !take_month_year(text, day, date) ||
      !take(text, ' ') || !take_time_zone(text, seconds, time.zone_minutes) || !text.empty()) {
    return permanent(std::string(kMalformed));
  }
  time.unix_s = date.days * kDaySeconds + seconds - time.zone_minutes * 60LL;
  return time;
}

void append_date(std::string& out, Date date) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days(std::chrono::days(date.days))};
  const unsigned day = static_cast<unsigned>(ymd.day());
  if (day < 10) {
    out += static_cast<char>('0' + day);
  } else {
    append_two(out, day);
  }
  append_month_year(out, ymd);
}

void append_date_time(std::string& out, DateTime time) {
  constexpr std::int64_t kYear0 = -62'167'219'200;      // 0000-01-01T00:00:00Z
  constexpr std::int64_t kYear10000 = 253'402'300'800;  // 10000-01-01T00:00:00Z
  constexpr std::int32_t kZoneMax = 99 * 60 + 59;       // "+9959"
  const std::int32_t zone = std::clamp(time.zone_minutes, -kZoneMax, kZoneMax);
  // The year is the one of the zone: what lies beyond it in UTC may still lie within.
  const std::int64_t local =
      std::clamp(time.unix_s, kYear0 - kZoneMax * 60, kYear10000 + kZoneMax * 60) + zone * 60LL;
  const std::int64_t clamped = std::clamp(local, kYear0, kYear10000 - 1);
  const std::int64_t days = (clamped >= 0 ? clamped : clamped - (kDaySeconds - 1)) / kDaySeconds;
  const std::int64_t seconds = clamped - days * kDaySeconds;
  const std::chrono::year_month_day ymd{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  const unsigned day = static_cast<unsigned>(ymd.day());
  out += '"';
  out += day < 10 ? ' ' : static_cast<char>('0' + day / 10);
  out += static_cast<char>('0' + day % 10);
  append_month_year(out, ymd);
  out += ' ';
  append_two(out, seconds / 3600);
  out += ':';
  append_two(out, seconds / 60 % 60);
  out += ':';
  append_two(out, seconds % 60);
  out += zone < 0 ? " -" : " +";
  append_two(out, std::abs(zone) / 60);
  append_two(out, std::abs(zone) % 60);
  out += '"';
}

}  // namespace hikyaku::imap
