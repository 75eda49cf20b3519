// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/date.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <vector>

#include "protocol/mime/header.h"

namespace hikyaku::mime {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kDays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::size_t kTokensMax = 16;
constexpr std::size_t kTextOctetsMax = 256;

/// What has been made out so far; -1 is not seen.
struct Fields {
  int day = -1;
  int month = -1;
  int year = -1;
  int hour = -1;
  int minute = 0;
  int second = 0;
  std::optional<int> zone_minutes;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> number(std::string_view text) {
  if (text.empty() || text.size() > 6) return std::nullopt;
  int out = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    out = out * 10 + (c - '0');
  }
  return out;
}

/// Words apart at white space, commas and comments; "21-Nov-97" comes apart too, and "2002/09/14".
std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> out(1);
  int depth = 0;
  for (const char c : text.substr(0, kTextOctetsMax)) {
    if (c == '(') ++depth;
    const bool inside = depth > 0;
    if (c == ')' && depth > 0) --depth;
    const bool blank = inside || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',';
    // A dash between digits and letters separates; before digits it may be a zone.
    const std::string_view word = out.back();
    const bool dash = (c == '-' || c == '/') && !word.empty() && word != "gmt" && word != "utc" &&
                      word.find(':') == std::string_view::npos;
    // RFC 5322 §4.3: white space may stand beside the colons of the clock.
    if (c == ':' && !inside && word.empty() && out.size() > 1) out.pop_back();
    if (blank && out.back().ends_with(':')) continue;
    if (!blank && !dash) {
      out.back().push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
    } else if (!out.back().empty()) {
      if (out.size() == kTokensMax) return out;
      out.emplace_back();
    }
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

std::optional<int> month_of(std::string_view word) {
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (word.starts_with(kMonths[i])) return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

bool is_weekday(std::string_view word) {
  for (const auto day : kDays) {
    if (word.starts_with(day)) return true;
  }
  return false;
}

/// hh:mm[:ss], also with a zone stuck to it.
bool read_time(std::string_view word, Fields& f) {
  const auto sign = word.find_first_of("+-");
  std::string_view zone;
  if (sign != std::string_view::npos) {
    zone = word.substr(sign);
    word = word.substr(0, sign);
  }
  std::array<int, 3> parts{};
  std::size_t count = 0;
  while (count < parts.size()) {
    const auto colon = word.find(':');
    const auto n = number(word.substr(0, colon).substr(0, 2));
    if (!n) return false;
    parts[count++] = *n;
    if (colon == std::string_view::npos) break;
    word.remove_prefix(colon + 1);
  }
  // RFC 5322 §3.3: 60 is a leap second.
  if (count < 2 || parts[0] > 24 || parts[1] > 59 || parts[2] > 60) return false;
  f.hour = parts[0];
  f.minute = parts[1];
  f.second = parts[2];
  if (const auto n = zone.empty() ? std::nullopt : number(zone.substr(1)); n && zone.size() == 5) {
    const int minutes = *n / 100 * 60 + *n % 100;
    f.zone_minutes = zone[0] == '-' ? -minutes : minutes;
  }
  return true;
}

/// +hhmm, -hhmm, or a name (RFC 5322 §4.3).
std::optional<int> zone_of(std::string_view word) {
  if (word.starts_with("gmt") && word.size() > 3) word.remove_prefix(3);
  if (word.starts_with("utc") && word.size() > 3) word.remove_prefix(3);
  if (word.size() >= 3 && (word[0] == '+' || word[0] == '-')) {
    std::string digits;
    for (const char c : word.substr(1)) {
      if (c != ':') digits.push_back(c);
    }
    const auto n = number(digits);
    if (!n || digits.size() > 4) return std::nullopt;
    const int minutes = digits.size() <= 2 ? *n * 60 : *n / 100 * 60 + *n % 100;
    // Nobody lives beyond +14:00; a bigger one is a fault.
    if (minutes > 24 * 60) return 0;
    return word[0] == '-' ? -minutes : minutes;
  }
  struct Name {
    std::string_view name;
    int hours;
  };
  constexpr std::array<Name, 11> kNames = {{{"ut", 0},
                                            {"utc", 0},
                                            {"gmt", 0},
                                            {"est", -5},
                                            {"edt", -4},
                                            {"cst", -6},
                                            {"cdt", -5},
                                            {"mst", -7},
                                            {"mdt", -6},
                                            {"pst", -8},
                                            {"pdt", -7}}};
  for (const auto& z : kNames) {
    if (word == z.name) return z.hours * 60;
  }
  return std::nullopt;
}

/// RFC 5322 §4.3: two digits below 50 are 20xx, others and three digits are 19xx.
int whole_year(int year, std::size_t digits) {
  if (digits == 2 && year < 50) return year + 2000;
  if (digits <= 3) return year + 1900;
  return year;
}

void read_word(std::string_view word, Fields& f) {
  if (word.find(':') != std::string_view::npos && f.hour < 0 && read_time(word, f)) return;
  if (const auto n = number(word)) {
    if (word.size() == 4 && f.year >= 0 && f.hour >= 0 && !f.zone_minutes) {
      f.zone_minutes = 0;  // "0000", a zone that lost its sign
    } else if (f.year >= 0 && f.month < 0 && f.day < 0 && word.size() <= 2) {
      f.month = *n;  // "2002/09/14"
    } else if (f.day < 0 && word.size() <= 2) {
      f.day = *n;
    } else if (f.year < 0 && word.size() >= 2 && word.size() <= 4) {
      f.year = whole_year(*n, word.size());
    }
    return;
  }
  if (f.month < 0) {
    if (const auto m = month_of(word)) {
      f.month = *m;
      return;
    }
  }
  if (is_weekday(word)) return;
  if (f.hour >= 0 && !f.zone_minutes) {
    if (const auto zone = zone_of(word)) f.zone_minutes = zone;
  }
}

}  // namespace

std::chrono::sys_days Date::day_as_written() const {
  return std::chrono::floor<std::chrono::days>(time + zone);
}

std::optional<Date> parse_date(std::string_view text) {
  Fields f;
  for (const auto& word : tokens_of(text)) read_word(word, f);
  if (f.day < 1 || f.month < 1 || f.month > 12 || f.year < 0) return std::nullopt;
  namespace ch = std::chrono;
  const ch::year_month_day day{ch::year(f.year), ch::month(static_cast<unsigned>(f.month)),
                               ch::day(static_cast<unsigned>(f.day))};
  if (!day.ok()) return std::nullopt;
  // An unknown name is -0000 (RFC 5322 §4.3).
  const ch::minutes zone{f.zone_minutes.value_or(0)};
  const auto local = ch::sys_days(day) + ch::hours(f.hour < 0 ? 0 : f.hour) +
                     ch::minutes(f.minute) + ch::seconds(f.second);
  return Date{.time = UnixTime(local - zone), .zone = zone};
}

std::string print_date(UnixTime time, std::chrono::minutes zone) {
  namespace ch = std::chrono;
  const auto local = ch::floor<ch::seconds>(time) + zone;
  const auto days = ch::floor<ch::days>(local);
  const ch::year_month_day day(days);
  const ch::hh_mm_ss clock(local - days);
  constexpr std::string_view kMonthNames = "JanFebMarAprMayJunJulAugSepOctNovDec";
  constexpr std::string_view kDayNames = "SunMonTueWedThuFriSat";
  const auto minutes = zone.count() < 0 ? -zone.count() : zone.count();
  return fmt::format(
      "{}, {} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}",
      kDayNames.substr(ch::weekday(days).c_encoding() * 3, 3), static_cast<unsigned>(day.day()),
      kMonthNames.substr((static_cast<unsigned>(day.month()) - 1) * 3, 3),
      static_cast<int>(day.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count(), zone.count() < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace hikyaku::mime
