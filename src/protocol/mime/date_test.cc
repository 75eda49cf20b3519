// SPDX-License-Identifier: Apache-2.0
// Goal: dates of RFC 5322, of its obsolete forms and of the wild give the right moment and zone.
#include "protocol/mime/date.h"

#include <gtest/gtest.h>

namespace hikyaku::mime {
namespace {

struct Case {
  std::string_view in;
  std::string_view out;  ///< printed; empty: no date
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"Fri, 21 Nov 1997 09:55:06 -0600", "Fri, 21 Nov 1997 09:55:06 -0600"},  // RFC 5322 A.1.1
      {"Tue, 1 Jul 2003 10:52:37 +0200", "Tue, 1 Jul 2003 10:52:37 +0200"},    // A.1.2
      {"Thu, 13 Feb 1969 23:32:54 -0330", "Thu, 13 Feb 1969 23:32:54 -0330"},  // A.1.3
      {"Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n"
       "               -0330 (Newfoundland Time)",
       "Thu, 13 Feb 1969 23:32:00 -0330"},                            // A.5
      {"21 Nov 97 09:55:06 GMT", "Fri, 21 Nov 1997 09:55:06 +0000"},  // A.6.2
      {"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600",
       "Fri, 21 Nov 1997 09:55:06 -0600"},  // A.6.3
      {"21 Nov 1997 09:55 EST", "Fri, 21 Nov 1997 09:55:00 -0500"},
      {"21 Nov 49 00:00:00 PDT", "Sun, 21 Nov 2049 00:00:00 -0700"},
      {"21 Nov 50 00:00:00 Z", "Tue, 21 Nov 1950 00:00:00 +0000"},
      {"21 Nov 103 00:00:00 +0000", "Fri, 21 Nov 2003 00:00:00 +0000"},
      {"Sat, 01 Feb 2007 01:02:03 +0200", "Thu, 1 Feb 2007 01:02:03 +0200"},
      {"Sat Mar  1 12:00:00 2003", "Sat, 1 Mar 2003 12:00:00 +0000"},
      {"Sat Mar  1 12:00:00 EST 2003", "Sat, 1 Mar 2003 12:00:00 -0500"},
      {"21-Nov-97 09:55:06 -0600", "Fri, 21 Nov 1997 09:55:06 -0600"},
      {"Fri Nov 21 1997 09:55:06 GMT-0500 (EST)", "Fri, 21 Nov 1997 09:55:06 -0500"},
      {"Fri, 21 Nov 1997 09:55:06-0600", "Fri, 21 Nov 1997 09:55:06 -0600"},
      {"Friday, 21 November 1997 09:55:06 +05:30", "Fri, 21 Nov 1997 09:55:06 +0530"},
      {"Fri, 21 Nov 1997 23:59:60 +0000", "Sat, 22 Nov 1997 00:00:00 +0000"},
      {"2002/09/14 Sat 02:29:32 CDT", "Sat, 14 Sep 2002 02:29:32 -0500"},
      {"1997-11-21 09:55:06 +0100", "Fri, 21 Nov 1997 09:55:06 +0100"},
      {"1997-13-21 09:55:06 +0100", ""},
      {"21 Nov 1997", "Fri, 21 Nov 1997 00:00:00 +0000"},
      {"29 Feb 2000 00:00:00 +0000", "Tue, 29 Feb 2000 00:00:00 +0000"},
      {"29 Feb 2001 00:00:00 +0000", ""},
      {"32 Jan 2001 00:00:00 +0000", ""},
      {"", ""},
      {"yesterday", ""},
      {"Fri, Nov 1997 09:55:06", ""},
  };
  return all;
}

TEST(Date, ReadsAndPrints) {
  for (const auto& [in, out] : cases()) {
    const auto date = parse_date(in);
    EXPECT_EQ(date ? print_date(date->time, date->zone) : "", out) << in;
  }
}

TEST(Date, KnowsTheMomentAndTheDayAsWritten) {
  const auto date = parse_date("Fri, 21 Nov 1997 22:55:06 -0600");
  ASSERT_TRUE(date);
  using namespace std::chrono;
  EXPECT_EQ(date->time.time_since_epoch(), seconds(880174506));
  EXPECT_EQ(year_month_day(date->day_as_written()), 1997y / November / 21d);
}

TEST(Date, PrintedDatesReadBackTheSame) {
  for (std::int64_t s = -2'000'000'000; s < 4'000'000'000; s += 123'456'789) {
    const UnixTime time{std::chrono::seconds(s)};
    for (const int zone : {0, 540, -210, 845}) {
      const std::chrono::minutes minutes(zone);
      EXPECT_EQ(parse_date(print_date(time, minutes)), (Date{time, minutes}));
    }
  }
}

TEST(Date, AnyCutIsAnswered) {
  for (const auto& c : cases()) {
    for (std::size_t n = 0; n <= c.in.size(); ++n) {
      const auto date = parse_date(c.in.substr(0, n));
      if (date) EXPECT_FALSE(print_date(date->time, date->zone).empty());
    }
  }
  EXPECT_FALSE(parse_date(std::string(1'000'000, '(')));
}

}  // namespace
}  // namespace hikyaku::mime
