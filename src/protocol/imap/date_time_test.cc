// SPDX-License-Identifier: Apache-2.0
// Goal: dates read and print exactly, at the ends of the calendar too.
#include "protocol/imap/date_time.h"

#include <gtest/gtest.h>

namespace hikyaku::imap {
namespace {

std::string printed(DateTime time) {
  std::string out;
  append_date_time(out, time);
  return out;
}

TEST(DateTime, ReadsAndPrints) {
  const std::pair<const char*, DateTime> cases[] = {
      {"17-Jul-1996 02:44:25 -0700", {837596665, -420}},
      {" 1-Jan-1970 00:00:00 +0000", {0, 0}},
      {"31-Dec-1969 23:59:59 +0000", {-1, 0}},
      {"29-Feb-2000 12:00:00 +0545", {951804900, 345}},
      {" 1-Jan-0000 00:00:00 +0000", {-62167219200, 0}},
      {"31-Dec-9999 23:59:59 +0000", {253402300799, 0}},
      {"31-Dec-9999 23:59:59 -1200", {253402343999, -720}},
      {"31-Dec-9999 23:59:59 -9959", {253402660739, -5999}},
      {" 1-Jan-0000 00:00:00 +9959", {-62167579140, 5999}},
  };
  for (const auto& [text, time] : cases) {
    EXPECT_EQ(parse_date_time(text).value(), time) << text;
    EXPECT_EQ(printed(time), "\"" + std::string(text) + "\"");
  }
  EXPECT_EQ(parse_date_time("01-jan-1970 00:00:00 +0000").value().unix_s, 0);
  EXPECT_EQ(parse_date_time("1-Jan-1970 00:00:00 +0000").value().unix_s, 0);
}

TEST(DateTime, PrintsWhatHasNoForm) {
  for (const std::int64_t s : {INT64_MIN, INT64_MIN / 2, INT64_MAX / 2, INT64_MAX}) {
    for (const std::int32_t zone : {INT32_MIN, -721, 0, 840, INT32_MAX}) {
      const std::string text = printed({s, zone});
      EXPECT_EQ(text.size(), 28U) << text;
      EXPECT_TRUE(parse_date_time(text.substr(1, 26))) << text;
    }
  }
}

TEST(DateTime, RefusesTheRest) {
  for (const char* text :
       {"", "17-Jul-1996", "17-Jul-1996 02:44:25", "17-Jul-1996 02:44:25 0700",
        "32-Jul-1996 02:44:25 -0700", "00-Jul-1996 02:44:25 -0700", "30-Feb-1996 02:44:25 -0700",
        "17-Foo-1996 02:44:25 -0700", "17-Jul-96 02:44:25 -0700", "17-Jul-1996 24:00:00 +0000",
        "17-Jul-1996 00:60:00 +0000", "17-Jul-1996 00:00:61 +0000", "17-Jul-1996 02:44:25 -0760",
        "17-Jul-1996 02:44:25 -0700 ", "17-Jul-1996  02:44:25 -0700", "  1-Jul-1996 02:44:25 -0700",
        "17 Jul 1996 02:44:25 -0700"}) {
    EXPECT_FALSE(parse_date_time(text)) << text;
  }
}

TEST(Date, ReadsAndPrints) {
  const std::pair<const char*, int> cases[] = {
      {"1-Jan-1970", 0}, {"1-Feb-1994", 8797}, {"31-Dec-1969", -1}, {"29-Feb-2024", 19782}};
  for (const auto& [text, days] : cases) {
    EXPECT_EQ(parse_date(text).value().days, days) << text;
    std::string out;
    append_date(out, Date{days});
    EXPECT_EQ(out, text);
  }
  EXPECT_EQ(parse_date("01-FEB-1994").value().days, 8797);
  for (const char* text : {"", "1", "1-Feb", "1-Feb-94", "29-Feb-2023", "0-Feb-1994",
                           "001-Feb-1994", "1-Feb-1994 ", " 1-Feb-1994"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

}  // namespace
}  // namespace hikyaku::imap
