// SPDX-License-Identifier: Apache-2.0
// Goal: every search key of RFC 9051 §6.4.4 and of the extensions reads into its place in the tree,
// and nothing else does.
#include "protocol/imap/command/search.h"

#include <gtest/gtest.h>

#include "protocol/imap/limits.h"
#include "protocol/imap/testing/parse.h"
#include "protocol/imap/testing/print_search.h"

namespace hikyaku::imap {
namespace {

using std::string_literals::operator""s;

std::string read(const std::string& keys) {
  Result<Search> search = parse_as<Search>("SEARCH " + keys);
  return search ? print_search(SearchKey{search->keys}) : "error: " + search.error().text;
}

TEST(Search, ReadsEachKey) {
  // What prints as it was written.
  for (const char* key : {"ALL",
                          "ANSWERED",
                          "BCC \"x\"",
                          "BEFORE 1-Feb-1994",
                          "BODY \"x y\"",
                          "CC \"x\"",
                          "DELETED",
                          "DRAFT",
                          "EMAILID \"M1\"",
                          "FLAGGED",
                          "FROM \"Smith\"",
                          "HEADER \"X\" \"\"",
                          "KEYWORD $Junk",
                          "LARGER 0",
                          "MODSEQ 620162338",
                          "NOT DELETED",
                          "NOT (SEEN DRAFT)",
                          "OLD",
                          "OLDER 259200",
                          "ON 31-Dec-1999",
                          "OR SEEN FLAGGED",
                          "RECENT",
                          "SEEN",
                          "SENTBEFORE 1-Feb-1994",
                          "SENTON 1-Feb-1994",
                          "SENTSINCE 1-Feb-1994",
                          "SINCE 1-Feb-1994",
                          "SMALLER 9223372036854775807",
                          "SUBJECT \"x\"",
                          "TEXT \"x\"",
                          "THREADID \"T1\"",
                          "TO \"x\"",
                          "UID 1:*",
                          "UID $",
                          "UNANSWERED",
                          "UNDELETED",
                          "UNDRAFT",
                          "UNFLAGGED",
                          "UNKEYWORD work",
                          "UNSEEN",
                          "YOUNGER 1",
                          "2,4:7",
                          "*",
                          "$"}) {
    EXPECT_EQ(read(key), "("s + key + ")");
  }
}

TEST(Search, ReadsOtherForms) {
  EXPECT_EQ(read("new"), "((RECENT UNSEEN))");
  EXPECT_EQ(read("from smith Since \"01-feb-1994\""), "(FROM \"smith\" SINCE 1-Feb-1994)");
  EXPECT_EQ(read("(SEEN)"), "(SEEN)");
  EXPECT_EQ(read("((SEEN (DRAFT) 1))"), "((SEEN DRAFT 1))");
  EXPECT_EQ(read("or (seen draft) not or 1 2"), "(OR (SEEN DRAFT) NOT OR 1 2)");
  EXPECT_EQ(read("TEXT {6}\r\nhe\r\nlo"), "(TEXT {6}\r\nhe\r\nlo)");
  // RFC 7162 §3.1.5, example 11.
  EXPECT_EQ(read("MODSEQ \"/flags/\\\\draft\" all 620162338"), "(MODSEQ 620162338)");
}

TEST(Search, RefusesTheRest) {
  for (const char* keys : {"",
                           "FROB",
                           "SEENX",
                           "SEEN ",
                           " SEEN",
                           "SEEN  DRAFT",
                           "FROM",
                           "FROM ",
                           "HEADER X",
                           "NOT",
                           "OR SEEN",
                           "(SEEN",
                           "SEEN)",
                           "()",
                           "( SEEN)",
                           "ON 30-Feb-1994",
                           "ON 1994",
                           "LARGER -1",
                           "LARGER x",
                           "SMALLER 9223372036854775808",
                           "OLDER 0",
                           "YOUNGER 4294967296",
                           "UID 0",
                           "KEYWORD \"x\"",
                           "KEYWORD \\Seen",
                           "MODSEQ",
                           "MODSEQ \"/flags\" some 1",
                           "1:0",
                           "0",
                           "TEXT {3}\r\nab"}) {
    EXPECT_FALSE(parse_as<Search>("SEARCH "s + keys)) << keys;
  }
}

TEST(Search, LimitsNesting) {
  const auto nested = [](std::size_t depth, const std::string& open, const std::string& close) {
    std::string keys;
    for (std::size_t i = 0; i < depth; ++i) keys += open;
    keys += "SEEN";
    for (std::size_t i = 0; i < depth; ++i) keys += close;
    return parse_as<Search>("SEARCH " + keys).has_value();
  };
  const std::size_t most = Limits{}.nesting_max;
  EXPECT_TRUE(nested(most, "(", ")"));
  EXPECT_FALSE(nested(most + 1, "(", ")"));
  EXPECT_FALSE(nested(20'000, "(", ")"));
  EXPECT_TRUE(nested(most, "NOT ", ""));
  EXPECT_FALSE(nested(20'000, "NOT ", ""));
  EXPECT_FALSE(nested(20'000, "OR ", " SEEN"));
}

TEST(Search, ReadsOptions) {
  // RFC 9051 §6.4.4, examples.
  const Search search =
      parse_as<Search>("SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"")
          .value();
  EXPECT_TRUE(search.extended);
  EXPECT_TRUE(search.wants(Search::Return::kMin) && search.wants(Search::Return::kCount));
  EXPECT_FALSE(search.wants(Search::Return::kAll) || search.wants(Search::Return::kSave));
  EXPECT_EQ(search.keys.keys.size(), 3U);
  EXPECT_TRUE(parse_as<Search>("SEARCH RETURN () ALL").value().wants(Search::Return::kAll));
  EXPECT_FALSE(parse_as<Search>("SEARCH ALL").value().extended);
  const Search charset =
      parse_as<Search>("UID SEARCH RETURN (SAVE ALL MAX) charset utf-8 TEXT {2}\r\n\xc3\xa9")
          .value();
  EXPECT_EQ(charset.charset, "UTF-8");
  EXPECT_EQ(charset.addressing, Addressing::kUid);
  for (const char* text : {"RETURN ALL", "RETURN (FROB) ALL", "RETURN (ALL)ALL",
                           "RETURN (ALL MIN ALL", "CHARSET ALL", "RETURN (ALL)", "CHARSET UTF-8"}) {
    EXPECT_FALSE(parse_as<Search>("SEARCH "s + text)) << text;
  }
}

}  // namespace
}  // namespace hikyaku::imap
