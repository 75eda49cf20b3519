// SPDX-License-Identifier: Apache-2.0
// Goal: STORE, COPY, MOVE and EXPUNGE read in all their forms (RFC 9051 §6.4.3, §6.4.6 to §6.4.9).
#include "protocol/imap/command/store.h"

#include <gtest/gtest.h>

#include "protocol/imap/testing/parse.h"

namespace hikyaku::imap {
namespace {

using std::string_literals::operator""s;

std::string flags_of(const Store& store) {
  std::string out;
  append_flag_list(out, store.flags);
  return out;
}

TEST(Store, ReadsChanges) {
  const Store add = parse_as<Store>("STORE 2:4 +FLAGS (\\Deleted \\seen $Junk work)").value();
  EXPECT_EQ(add.change, Store::Change::kAdd);
  EXPECT_EQ(add.reply, Store::Reply::kFlags);
  EXPECT_EQ(flags_of(add), "(\\Deleted \\Seen $Junk work)");
  const Store remove = parse_as<Store>("UID STORE * -flags.silent \\Flagged Work work").value();
  EXPECT_EQ(remove.change, Store::Change::kRemove);
  EXPECT_EQ(remove.reply, Store::Reply::kSilent);
  EXPECT_EQ(remove.addressing, Addressing::kUid);
  EXPECT_EQ(flags_of(remove), "(\\Flagged Work)");  // the same keyword once
  EXPECT_EQ(flags_of(parse_as<Store>("STORE 1 FLAGS ()").value()), "()");
  EXPECT_EQ(flags_of(parse_as<Store>("STORE 1 FLAGS (\\Recent)").value()), "()");
}

// RFC 7162 §3.1.3.
TEST(Store, ReadsUnchangedSince) {
  const Store store =
      parse_as<Store>("STORE 7,5,9 (UNCHANGEDSINCE 320162338) +FLAGS.SILENT (\\Deleted)").value();
  EXPECT_EQ(store.unchanged_since, 320162338U);
  EXPECT_EQ(parse_as<Store>("STORE 1 (UNCHANGEDSINCE 0) FLAGS ()").value().unchanged_since, 0U);
  EXPECT_FALSE(parse_as<Store>("STORE 1 (UNCHANGEDSINCE) FLAGS ()"));
  EXPECT_FALSE(parse_as<Store>("STORE 1 (FROB 1) FLAGS ()"));
  EXPECT_FALSE(parse_as<Store>("STORE 1 () FLAGS ()"));
}

TEST(Store, RefusesTheRest) {
  for (const char* text : {"", "FLAGS", "FLAGS ", "*FLAGS (\\Seen)", "FLAGS.LOUD ()",
                           "FLAGS (\\Seen", "FLAGS (\\Foo)", "FLAGS (\\)", "FLAGS (\\*)",
                           "FLAGS ( )", "FLAGS (a\"b)", "FLAGS (\\Seen) x", "+ FLAGS ()"}) {
    EXPECT_FALSE(parse_as<Store>("STORE 1 "s + text)) << text;
  }
  std::string many = "STORE 1 FLAGS (";
  for (int i = 0; i < 100; ++i) many += (i == 0 ? "k" : " k") + std::to_string(i);
  EXPECT_FALSE(parse_as<Store>(many + ")"));
  EXPECT_FALSE(parse_as<Store>("STORE 1 FLAGS (" + std::string(101, 'k') + ")"));
}

TEST(CopyAndMove, Read) {
  const Copy copy = parse_as<Copy>("COPY 2:4 MEETING").value();
  EXPECT_EQ(copy.mailbox, "MEETING");
  EXPECT_EQ(copy.addressing, Addressing::kNumber);
  const Move move = parse_as<Move>("UID MOVE 42:69 \"foo bar\"").value();
  EXPECT_EQ(move.mailbox, "foo bar");
  EXPECT_EQ(move.addressing, Addressing::kUid);
  EXPECT_EQ(parse_as<Move>("MOVE $ inbox").value().messages.kind, SequenceSet::Kind::kSavedResult);
  for (const char* text :
       {"COPY", "COPY 1", "COPY x y", "COPY 1 ", "COPY 1 a b", "COPY 1 a%", "MOVE 0 a"}) {
    EXPECT_FALSE(parse_body(text)) << text;
  }
}

TEST(Expunge, Reads) {
  EXPECT_FALSE(parse_as<Expunge>("EXPUNGE").value().uids);
  EXPECT_TRUE(parse_as<Expunge>("UID EXPUNGE 3000:3002").value().uids);
  EXPECT_FALSE(parse_body("EXPUNGE 1"));
  EXPECT_FALSE(parse_body("UID EXPUNGE"));
}

}  // namespace
}  // namespace hikyaku::imap
