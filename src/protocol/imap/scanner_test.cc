// SPDX-License-Identifier: Apache-2.0
// Goal: tokens read as in RFC 9051 §9; no command, cut or damaged anywhere, reads past its end or
// fails without saying why.
#include "protocol/imap/scanner.h"

#include <gtest/gtest.h>

#include "protocol/imap/testing/parse.h"

namespace hikyaku::imap {
namespace {

using std::string_literals::operator""s;

TEST(Scanner, Literals) {
  const auto header = [](const std::string& line) { return literal_at_end(line); };
  EXPECT_EQ(header("a {310}")->octets, 310U);
  EXPECT_EQ(header("a {310}")->header_octets, 5U);
  EXPECT_TRUE(header("{0+}")->non_sync);
  EXPECT_TRUE(header("x ~{5}")->binary);
  EXPECT_EQ(header("x ~{5+}")->header_octets, 5U);
  EXPECT_EQ(header("{99999999999999999999}")->octets, static_cast<std::uint64_t>(INT64_MAX));
  EXPECT_TRUE(header("{" + std::string(40, '1') + "+}"));
  EXPECT_FALSE(header("{" + std::string(41, '1') + "+}"));
  for (const char* line :
       {"", "}", "{}", "{+}", "5}", "{5", "{5}x", "{-5}", "{5-}", "{5++}", "{ 5}", "{5 }"}) {
    EXPECT_FALSE(header(line)) << line;
  }
  EXPECT_EQ(Scanner("{3}\r\nabcd").string().value(), "abc");
  EXPECT_EQ(Scanner("{3}\nabcd").string().value(), "abc");
  EXPECT_FALSE(Scanner("{3}abcd").string());
  EXPECT_FALSE(Scanner("{3}\r\na\0b"s).string());
  EXPECT_FALSE(Scanner("~{3}\r\nabc").string());
}

TEST(Scanner, WordsEndWhereWordsEnd) {
  Scanner in("body.peek[x]");
  EXPECT_FALSE(in.accept_word("BODY"));
  EXPECT_TRUE(in.accept_word("BODY.PEEK"));
  EXPECT_EQ(in.rest(), "[x]");
  EXPECT_FALSE(Scanner("BO").accept_word("BODY"));
}

TEST(Scanner, Numbers) {
  EXPECT_EQ(Scanner("4294967295").number().value(), 4294967295U);
  EXPECT_FALSE(Scanner("4294967296").number());
  EXPECT_EQ(Scanner("9223372036854775807 ").number64().value(), 9223372036854775807U);
  EXPECT_FALSE(Scanner("9223372036854775808").number64());
  EXPECT_FALSE(Scanner("0").nz_number());
  EXPECT_FALSE(Scanner("").number());
  EXPECT_FALSE(Scanner("x").number());
}

TEST(Scanner, SurvivesEveryCutAndEveryWrongOctet) {
  const std::string commands[] = {
      "LOGIN {3}\r\na b \"c\\\"d\"",
      "AUTHENTICATE PLAIN AGEAYg==",
      "ID (\"name\" \"x\" {2}\r\nos NIL)",
      "ENABLE CONDSTORE QRESYNC",
      "SELECT \"a b\" (QRESYNC (67890007 20 41:211,214 (1,3 5,7)) CONDSTORE)",
      "CREATE x (USE (\\Sent \\Drafts))",
      "RENAME {1}\r\na \"b\"",
      "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (% \"a*\" {1}\r\n*) RETURN (CHILDREN STATUS (MESSAGES "
      "SIZE))",
      "STATUS x (UIDNEXT UNSEEN)",
      "SEARCH RETURN (MIN SAVE) CHARSET UTF-8 OR (SEEN FROM {2}\r\nab) NOT (HEADER X \"\" 1:*,7) "
      "SINCE 1-Feb-1994",
      "SEARCH MODSEQ \"/flags/\\\\seen\" all 5 OLDER 3 LARGER 9 EMAILID M1 UID *",
      "UID FETCH 1:*,7 (FLAGS BODY.PEEK[1.2.HEADER.FIELDS (A \"b\")]<0.9> BINARY.SIZE[1] RFC822) "
      "(CHANGEDSINCE 5 VANISHED)",
      "STORE $ (UNCHANGEDSINCE 5) +FLAGS.SILENT (\\Seen $Junk)",
      "UID MOVE 2:4 \"x y\"",
  };
  const std::string wrong = "()\"{}[]<> \\*%$~+,:.0a\r\n\xff"s + '\0';
  for (const std::string& command : commands) {
    ASSERT_TRUE(parse_body(command)) << command << ": " << parse_body(command).error().text;
    for (std::size_t i = 0; i < command.size(); ++i) {
      // Its own allocation, so that a read past the end is seen by the sanitizers.
      const std::string cut = command.substr(0, i);
      const auto shorter = parse_body(cut);
      if (!shorter) {
        ASSERT_FALSE(shorter.error().text.empty()) << cut;
      }
      for (const char c : wrong) {
        std::string damaged = command;
        damaged[i] = c;
        const auto other = parse_body(damaged);
        if (!other) {
          ASSERT_FALSE(other.error().text.empty()) << damaged;
        }
      }
    }
  }
}

}  // namespace
}  // namespace hikyaku::imap
