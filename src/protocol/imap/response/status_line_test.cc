// SPDX-License-Identifier: Apache-2.0
// Goal: status lines and codes are as in the RFCs, and no text can break out of its line.
#include "protocol/imap/response/status_line.h"

#include <gtest/gtest.h>

namespace hikyaku::imap {
namespace {

using std::string_literals::operator""s;

std::string status(std::string_view tag, Condition condition, std::string_view code,
                   std::string_view text) {
  std::string out;
  append_status(out, tag, condition, code, text);
  return out;
}

TEST(StatusLine, Prints) {
  EXPECT_EQ(status("a1", Condition::kOk, "", "done"), "a1 OK done\r\n");
  EXPECT_EQ(status("", Condition::kBye, "", "bye"), "* BYE bye\r\n");
  EXPECT_EQ(status("a1", Condition::kNo, "TRYCREATE", "no such mailbox"),
            "a1 NO [TRYCREATE] no such mailbox\r\n");
  EXPECT_EQ(status("a1", Condition::kBad, "", ""), "a1 BAD .\r\n");
}

TEST(StatusLine, KeepsItsLine) {
  EXPECT_EQ(status("a", Condition::kNo, "", "x\r\nb OK y\0z"s), "a NO x  b OK y z\r\n");
}

TEST(StatusLine, Codes) {
  EXPECT_EQ(uid_validity_code(3857529045), "UIDVALIDITY 3857529045");
  EXPECT_EQ(uid_next_code(4392), "UIDNEXT 4392");
  EXPECT_EQ(unseen_code(17), "UNSEEN 17");
  // RFC 7162 §3.1.2.1.
  EXPECT_EQ(highest_mod_seq_code(ModSeq(715194045007)), "HIGHESTMODSEQ 715194045007");
  // RFC 4315 §4.
  EXPECT_EQ(append_uid_code(38505, NumberSet({{3955, 3955}})), "APPENDUID 38505 3955");
  EXPECT_EQ(copy_uid_code(38505, NumberSet({{304, 304}, {319, 320}}), NumberSet({{3956, 3958}})),
            "COPYUID 38505 304,319:320 3956:3958");
  // RFC 7162 §3.1.3, example 8.
  EXPECT_EQ(modified_code(NumberSet({{7, 7}, {9, 9}})), "MODIFIED 7,9");
  EXPECT_EQ(mailbox_id_code("F2212ea87-6097-4256-9d51-71338625"),
            "MAILBOXID (F2212ea87-6097-4256-9d51-71338625)");
}

}  // namespace
}  // namespace hikyaku::imap
