// SPDX-License-Identifier: Apache-2.0
// Goal: every FETCH item of RFC 9051 §6.4.5 and of RFC 3501 reads, prints under its own name, and
// sets
// \Seen where it must.
#include "protocol/imap/command/fetch.h"

#include <gtest/gtest.h>

#include "protocol/imap/testing/parse.h"

namespace hikyaku::imap {
namespace {

using std::string_literals::operator""s;
using enum FetchAttribute;

std::uint32_t bits(std::initializer_list<FetchAttribute> attributes) {
  FetchItems items;
  for (const FetchAttribute a : attributes) items.add(a);
  return items.attributes;
}

TEST(Fetch, ReadsAttributes) {
  const std::pair<const char*, std::uint32_t> cases[] = {
      {"ALL", bits({kFlags, kInternalDate, kSize, kEnvelope})},
      {"FAST", bits({kFlags, kInternalDate, kSize})},
      {"FULL", bits({kFlags, kInternalDate, kSize, kEnvelope, kBody})},
      {"flags", bits({kFlags})},
      {"(FLAGS)", bits({kFlags})},
      {"(UID RFC822.SIZE BODYSTRUCTURE BODY)", bits({kUid, kSize, kBodyStructure, kBody})},
      {"(INTERNALDATE ENVELOPE)", bits({kInternalDate, kEnvelope})},
      {"(MODSEQ EMAILID THREADID)", bits({kModSeq, kEmailId, kThreadId})},
      {"(FLAGS FLAGS)", bits({kFlags})},
  };
  for (const auto& [text, attributes] : cases) {
    const Fetch fetch = parse_as<Fetch>("FETCH 2:4 "s + text).value();
    EXPECT_EQ(fetch.items.attributes, attributes) << text;
    EXPECT_TRUE(fetch.items.sections.empty());
    EXPECT_FALSE(fetch.items.sets_seen());
  }
  EXPECT_EQ(parse_as<Fetch>("UID FETCH * FLAGS").value().items.attributes, bits({kFlags, kUid}));
}

TEST(Fetch, ReadsSections) {
  struct Case {
    const char* text;
    const char* name;  ///< in the reply; nullptr: as asked
    bool seen = true;
  };
  const Case cases[] = {
      {"BODY[]", nullptr},
      {"BODY.PEEK[]", "BODY[]", false},
      {"BODY[HEADER]", nullptr},
      {"BODY[TEXT]", nullptr},
      {"BODY[1]", nullptr},
      {"BODY[1.2.3]", nullptr},
      {"body[4.2.2.mime]", "BODY[4.2.2.MIME]"},
      {"BODY[3.HEADER.FIELDS (DATE FROM)]", nullptr},
      {"BODY.PEEK[HEADER.FIELDS.NOT (\"x y\")]<0.10>", "BODY[HEADER.FIELDS.NOT (\"x y\")]<0>",
       false},
      {"BODY[HEADER.FIELDS ({2}\r\nab)]", "BODY[HEADER.FIELDS (ab)]"},
      {"BODY[HEADER.FIELDS ({2}\r\n\xff( b)]", "BODY[HEADER.FIELDS ({2}\r\n\xff( b)]"},
      {"BODY[]<9223372036854775807.1>", "BODY[]<9223372036854775807>"},
      {"BODY[TEXT]<5.2000>", "BODY[TEXT]<5>"},
      {"BINARY[1.2]", nullptr},
      {"BINARY[]", nullptr},
      {"BINARY.PEEK[1]<0.100>", "BINARY[1]<0>", false},
      {"BINARY.SIZE[1]", nullptr, false},
      {"RFC822", nullptr},
      {"RFC822.HEADER", nullptr, false},
      {"RFC822.TEXT", nullptr},
  };
  for (const Case& c : cases) {
    const Fetch fetch = parse_as<Fetch>("FETCH 1 ("s + c.text + " FLAGS)").value();
    ASSERT_EQ(fetch.items.sections.size(), 1U) << c.text;
    std::string name;
    append_section_name(name, fetch.items.sections[0]);
    EXPECT_EQ(name, c.name != nullptr ? c.name : c.text);
    EXPECT_EQ(fetch.items.sets_seen(), c.seen) << c.text;
  }
}

TEST(Fetch, KeepsSectionsInOrderAndOnce) {
  const Fetch fetch = parse_as<Fetch>("FETCH 1 (BODY[2] BODY[1] BODY[2] BODY[2]<0.1>)").value();
  EXPECT_EQ(fetch.items.sections.size(), 3U);
  EXPECT_EQ(fetch.items.sections[0].part_numbers, std::vector<std::uint32_t>{2});
}

TEST(Fetch, RefusesTheRest) {
  for (const char* text : {"",
                           "FROB",
                           "()",
                           "(FLAGS",
                           "FLAGS)",
                           "(FLAGS )",
                           "(FLAGS  UID)",
                           "FLAGS UID",
                           "(ALL FLAGS)",
                           "ALLX",
                           "BODY[",
                           "BODY]",
                           "BODY[0]",
                           "BODY[1.]",
                           "BODY[.1]",
                           "BODY[1..2]",
                           "BODY[MIME]",
                           "BODY[FROB]",
                           "BODY[HEADER.FIELDS]",
                           "BODY[HEADER.FIELDS ()]",
                           "BODY[HEADER.FIELDS (A]",
                           "BODY[TEXT.1]",
                           "BODY[]<0>",
                           "BODY[]<0.0>",
                           "BODY[]<-1.5>",
                           "BODY[]<0.10",
                           "BODY.PEEK",
                           "BINARY[TEXT]",
                           "BINARY",
                           "BINARY.SIZE[1]<0.1>",
                           "RFC822.FROB",
                           "RFC822[]",
                           "BODY[]<9223372036854775808.1>",
                           "BODY[4294967296]"}) {
    EXPECT_FALSE(parse_as<Fetch>("FETCH 1 "s + text)) << text;
  }
  EXPECT_FALSE(parse_as<Fetch>("FETCH 0 FLAGS"));
  EXPECT_FALSE(parse_as<Fetch>("FETCH FLAGS"));
  EXPECT_FALSE(parse_as<Fetch>("FETCH 1"));
  std::string many = "FETCH 1 (BODY[1]";
  for (int i = 2; i < 200; ++i) many += " BODY[" + std::to_string(i) + "]";
  EXPECT_FALSE(parse_as<Fetch>(many + ")"));
  std::string deep = "FETCH 1 BODY[1";
  for (int i = 0; i < 200; ++i) deep += ".1";
  EXPECT_FALSE(parse_as<Fetch>(deep + "]"));
}

// RFC 7162 §3.1.4.1, §3.2.6.
TEST(Fetch, ReadsModifiers) {
  const Fetch fetch =
      parse_as<Fetch>("UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 12345 VANISHED)").value();
  EXPECT_EQ(fetch.changed_since, 12345U);
  EXPECT_TRUE(fetch.vanished);
  EXPECT_TRUE(fetch.items.has(kModSeq));
  EXPECT_TRUE(parse_as<Fetch>("FETCH 1:* (FLAGS) (CHANGEDSINCE 12345)"));
  for (const char* text : {"(VANISHED)", "(CHANGEDSINCE 1 VANISHED)", "(CHANGEDSINCE)", "()",
                           "(FROB)", "CHANGEDSINCE 1"}) {
    EXPECT_FALSE(parse_as<Fetch>("FETCH 1 FLAGS "s + text)) << text;
  }
}

}  // namespace
}  // namespace hikyaku::imap
