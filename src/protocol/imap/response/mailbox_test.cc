// SPDX-License-Identifier: Apache-2.0
// Goal: responses about mailboxes and searches are as in the RFCs.
#include "protocol/imap/response/mailbox.h"

#include <gtest/gtest.h>

#include "protocol/imap/response/search.h"

namespace hikyaku::imap {
namespace {

using enum MailboxAttribute;

template <class Append, class... Arguments>
std::string with(Append append, const Arguments&... arguments) {
  std::string out;
  append(out, arguments...);
  return out;
}

TEST(MailboxResponses, List) {
  std::string out;
  append_list(out, ListKind::kList, kHasNoChildren | MailboxAttributes(kSent), "Sent",
              NameEncoding::kUtf7);
  append_list(out, ListKind::kLsub, {}, "r\xc3\xa9sum\xc3\xa9s/50%", NameEncoding::kUtf7);
  append_list(out, ListKind::kList, kNoselect, "r\xc3\xa9sum\xc3\xa9s", NameEncoding::kUtf8);
  // RFC 5258 §5, example 9.
  append_list(out, ListKind::kList, {}, "Foo", NameEncoding::kUtf8, ChildInfo::kSubscribed);
  append_list_delimiter(out, ListKind::kList);
  EXPECT_EQ(out,
            "* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"
            "* LSUB () \"/\" \"r&AOk-sum&AOk-s/50%\"\r\n"
            "* LIST (\\Noselect) \"/\" \"r\xc3\xa9sum\xc3\xa9s\"\r\n"
            "* LIST () \"/\" Foo (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n"
            "* LIST (\\Noselect) \"/\" \"\"\r\n");
}

TEST(MailboxResponses, Status) {
  StatusItems items;
  items.add(StatusItem::kMessages);
  items.add(StatusItem::kUidNext);
  StatusValues values;
  values.messages = 231;
  values.uid_next = 44292;
  values.mailbox_id = "F1";
  EXPECT_EQ(with(append_status_response, "blurdybloop", NameEncoding::kUtf8, items, values),
            "* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)\r\n");
  items = {};
  items.add(StatusItem::kMailboxId);
  EXPECT_EQ(with(append_status_response, "x", NameEncoding::kUtf8, items, values),
            "* STATUS x (MAILBOXID (F1))\r\n");
}

TEST(MailboxResponses, FlagsAndCounts) {
  const std::string_view keywords[] = {"$Junk", "work"};
  EXPECT_EQ(with(append_flags, keywords),
            "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Junk work)\r\n");
  EXPECT_EQ(with(append_permanent_flags, kSettableFlags, keywords, NewKeywords::kAllowed),
            "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen $Junk work \\*)] "
            "flags that are kept\r\n");
  EXPECT_EQ(with(append_permanent_flags, SystemFlags(), std::span<const std::string_view>(),
                 NewKeywords::kRefused),
            "* OK [PERMANENTFLAGS ()] no flag can be changed here\r\n");
  EXPECT_EQ(with(append_exists, 172U), "* 172 EXISTS\r\n");
  EXPECT_EQ(with(append_recent, 0U), "* 0 RECENT\r\n");
  EXPECT_EQ(with(append_expunge, 3U), "* 3 EXPUNGE\r\n");
  // RFC 7162 §3.2.10.
  EXPECT_EQ(with(append_vanished, VanishedKind::kEarlier, NumberSet({{41, 41}, {43, 116}})),
            "* VANISHED (EARLIER) 41,43:116\r\n");
  EXPECT_EQ(with(append_vanished, VanishedKind::kNow, NumberSet()), "");
}

TEST(MailboxResponses, Others) {
  EXPECT_EQ(with(append_namespace), "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
  const std::string_view names[] = {"CONDSTORE"};
  EXPECT_EQ(with(append_enabled, names), "* ENABLED CONDSTORE\r\n");
  EXPECT_EQ(with(append_capability, "IMAP4rev1"), "* CAPABILITY IMAP4rev1\r\n");
  const IdField fields[] = {{"name", "hikyaku"}};
  EXPECT_EQ(with(append_id, std::span<const IdField>(fields)), "* ID (\"name\" \"hikyaku\")\r\n");
  EXPECT_EQ(with(append_id, std::span<const IdField>()), "* ID NIL\r\n");
}

// RFC 9051 §6.4.4, examples; RFC 7162 §3.1.5, §3.1.10.
TEST(SearchResponses, Print) {
  const NumberSet found({{2, 2}, {10, 11}});
  EXPECT_EQ(with(append_search, found, 0U), "* SEARCH 2 10 11\r\n");
  EXPECT_EQ(with(append_search, NumberSet(), 9U), "* SEARCH\r\n");
  EXPECT_EQ(with(append_search, found, 917162500U), "* SEARCH 2 10 11 (MODSEQ 917162500)\r\n");
  Search search;
  const auto esearch = [&](std::initializer_list<Search::Return> options, const NumberSet& set) {
    search.returns = 0;
    for (const Search::Return r : options) search.returns |= static_cast<std::uint8_t>(r);
    std::string out;
    append_esearch(out, "A282", search, set);
    return out;
  };
  using enum Search::Return;
  EXPECT_EQ(esearch({kMin, kCount}, found), "* ESEARCH (TAG \"A282\") MIN 2 COUNT 3\r\n");
  EXPECT_EQ(esearch({Search::Return::kAll}, found), "* ESEARCH (TAG \"A282\") ALL 2,10:11\r\n");
  EXPECT_EQ(esearch({kMin, kMax, Search::Return::kAll, kCount}, NumberSet()),
            "* ESEARCH (TAG \"A282\") COUNT 0\r\n");
  search.addressing = Addressing::kUid;
  EXPECT_EQ(esearch({kMin, kMax}, found), "* ESEARCH (TAG \"A282\") UID MIN 2 MAX 11\r\n");
  // The largest number ends the loop.
  EXPECT_EQ(with(append_search, NumberSet({{4294967295, 4294967295}}), 0U),
            "* SEARCH 4294967295\r\n");
}

}  // namespace
}  // namespace hikyaku::imap
