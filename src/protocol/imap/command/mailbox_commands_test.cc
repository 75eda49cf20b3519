// SPDX-License-Identifier: Apache-2.0
// Goal: the commands that name mailboxes read as in RFC 9051 §6.3 and its extensions.
#include <gtest/gtest.h>

#include "protocol/imap/testing/parse.h"

namespace hikyaku::imap {
namespace {

using std::string_literals::operator""s;

TEST(Select, Reads) {
  EXPECT_EQ(parse_as<Select>("SELECT inBox").value().mailbox, "INBOX");
  EXPECT_EQ(parse_as<Select>("EXAMINE blurdybloop").value().access, Select::Access::kReadOnly);
  EXPECT_EQ(parse_as<Select>("SELECT {5}\r\na b\"c").value().mailbox, "a b\"c");
  // RFC 7162 §3.1.8, §3.2.5.
  EXPECT_TRUE(parse_as<Select>("SELECT INBOX (CONDSTORE)").value().condstore);
  const Select select =
      parse_as<Select>(
          "SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214:541) CONDSTORE)")
          .value();
  EXPECT_EQ(select.qresync.value().uid_validity, 67890007U);
  EXPECT_EQ(select.qresync->mod_seq, 20050715194045000U);
  EXPECT_TRUE(select.qresync->known_uids);
  EXPECT_FALSE(select.qresync->known_numbers);
  const Select with_hints =
      parse_as<Select>(
          "SELECT INBOX (QRESYNC (67890007 90060115194045000 41:211,214:541 (1,3 5,7)))")
          .value();
  EXPECT_TRUE(with_hints.qresync->numbers_uids);
  EXPECT_TRUE(parse_as<Select>("SELECT INBOX (QRESYNC (1 2 (1 2)))"));
  for (const char* text : {"", " ", " a b", " INBOX ()", " INBOX (FROB)", " INBOX (QRESYNC)",
                           " INBOX (QRESYNC (0 1))", " INBOX (QRESYNC (1 2 3 4))",
                           " INBOX (QRESYNC (1 2 (3)))", " a(b", " a%", " \"a", " \"a\\x\""}) {
    EXPECT_FALSE(parse_body("SELECT"s + text)) << text;
  }
}

TEST(Create, Reads) {
  EXPECT_EQ(parse_as<Create>("CREATE owatagusiam/").value().mailbox, "owatagusiam/");
  // RFC 6154 §5.2.
  const Create create = parse_as<Create>("CREATE Everything (USE (\\All \\archive))").value();
  EXPECT_TRUE(create.special_use.has(MailboxAttribute::kAll));
  EXPECT_TRUE(create.special_use.has(MailboxAttribute::kArchive));
  EXPECT_EQ(parse_as<Create>("CREATE x (USE ())").value().special_use.bits, 0U);
  for (const char* text : {" x (USE)", " x (USE (\\Foo))", " x (USE (\\Noselect))",
                           " x (USE (All))", " x (FROB ())", " x ()", ""}) {
    EXPECT_FALSE(parse_body("CREATE"s + text)) << text;
  }
}

TEST(OneMailbox, Reads) {
  EXPECT_EQ(parse_as<Delete>("DELETE \"foo bar\"").value().mailbox, "foo bar");
  EXPECT_EQ(parse_as<Subscribe>("SUBSCRIBE #news.comp.mail.mime").value().mailbox,
            "#news.comp.mail.mime");
  EXPECT_EQ(parse_as<Unsubscribe>("UNSUBSCRIBE {1}\r\nx").value().mailbox, "x");
  EXPECT_EQ(parse_as<Rename>("RENAME blurdybloop sarasoon").value().to, "sarasoon");
  for (const char* text :
       {"DELETE", "DELETE a b", "SUBSCRIBE", "UNSUBSCRIBE ", "RENAME a", "RENAME a b c"}) {
    EXPECT_FALSE(parse_body(text)) << text;
  }
}

TEST(List, Reads) {
  const List plain = parse_as<List>("LIST \"\" \"\"").value();
  EXPECT_FALSE(plain.extended);
  EXPECT_EQ(plain.patterns, std::vector<std::string>{""});
  EXPECT_EQ(parse_as<List>("LIST ~/Mail/ %").value().reference, "~/Mail/");
  // RFC 5258 §5, examples; RFC 5819 §2; RFC 6154 §5.
  const List subscribed = parse_as<List>(
                              "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (\"INBOX\" \"Drafts\" "
                              "\"Sent/%\") RETURN (CHILDREN)")
                              .value();
  EXPECT_TRUE(subscribed.selects(List::Select::kSubscribed));
  EXPECT_TRUE(subscribed.selects(List::Select::kRecursiveMatch));
  EXPECT_EQ(subscribed.patterns.size(), 3U);
  EXPECT_TRUE(subscribed.wants(List::Return::kChildren));
  EXPECT_TRUE(subscribed.extended);
  const List status =
      parse_as<List>("LIST \"\" % RETURN (SUBSCRIBED STATUS (MESSAGES UNSEEN) SPECIAL-USE)")
          .value();
  EXPECT_TRUE(status.status.value().has(StatusItem::kUnseen));
  EXPECT_TRUE(status.wants(List::Return::kSpecialUse));
  EXPECT_TRUE(parse_as<List>("LIST () \"\" * RETURN ()").value().extended);
  EXPECT_TRUE(parse_as<List>("LIST (SPECIAL-USE REMOTE) \"\" \"*\""));
  for (const char* text :
       {"", " \"\"", " a", " \"\" ()", " \"\" a b", " \"\" * RETURN", " \"\" * RETURN (FROB)",
        " (FROB) \"\" *", " (RECURSIVEMATCH) \"\" *", " (RECURSIVEMATCH REMOTE) \"\" *",
        " \"\" (a b", " \"\" * RETURN (STATUS)", " \"\" * RETURN (STATUS ())",
        " \"\" * NORETURN ()", " \"\" a\\b"}) {
    EXPECT_FALSE(parse_body("LIST"s + text)) << text;
  }
  EXPECT_EQ(parse_as<Lsub>("LSUB \"#news.\" \"comp.mail.*\"").value().pattern, "comp.mail.*");
  EXPECT_FALSE(parse_body("LSUB \"\""));
  EXPECT_FALSE(parse_body("LSUB (SUBSCRIBED) \"\" *"));
}

TEST(Status, Reads) {
  const MailboxStatus status = parse_as<MailboxStatus>(
                                   "STATUS blurdybloop (UIDNEXT MESSAGES size deleted "
                                   "HIGHESTMODSEQ MAILBOXID RECENT UIDVALIDITY UNSEEN)")
                                   .value();
  EXPECT_EQ(status.items.bits, 0x1ffU);
  for (const char* text :
       {"", " x", " x ()", " x MESSAGES", " x (FROB)", " x (MESSAGES", " x (MESSAGES) y"}) {
    EXPECT_FALSE(parse_body("STATUS"s + text)) << text;
  }
}

}  // namespace
}  // namespace hikyaku::imap
