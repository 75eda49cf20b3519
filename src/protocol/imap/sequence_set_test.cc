// SPDX-License-Identifier: Apache-2.0
// Goal: sequence sets read and print exactly, "*" follows the RFC, and resolved sets are canonical.
#include "protocol/imap/sequence_set.h"

#include <gtest/gtest.h>

namespace hikyaku::imap {
namespace {

std::string printed(const NumberSet& set) {
  std::string out;
  append_number_set(out, set);
  return out;
}

std::string resolved(std::string_view text, std::uint32_t largest) {
  return printed(parse_sequence_set(text).value().resolve(largest));
}

TEST(SequenceSet, Rfc9051Section9Examples) {
  // "2,4:7,9,12:* for a mailbox with 15 messages is 2,4,5,6,7,9,12,13,14,15"
  EXPECT_EQ(resolved("2,4:7,9,12:*", 15), "2,4:7,9,12:15");
  // "*:4,5:7 for a mailbox with 10 messages is 10,9,8,7,6,5,4,5,6,7"
  EXPECT_EQ(resolved("*:4,5:7", 10), "4:10");
  EXPECT_EQ(resolved("2:4", 10), resolved("4:2", 10));
  // "A UID range of 3291:* includes the UID of the last message even if it is less than 3291"
  EXPECT_EQ(resolved("3291:*", 20), "20:3291");
}

TEST(SequenceSet, StarInAnEmptyMailbox) {
  EXPECT_EQ(resolved("*", 0), "");
  EXPECT_EQ(resolved("*:*", 0), "");
  EXPECT_EQ(resolved("1:*", 0), "");
}

TEST(SequenceSet, Merges) {
  EXPECT_EQ(resolved("9,1,2,3,8,7:7,5", 10), "1:3,5,7:9");
  EXPECT_EQ(resolved("1:5,3:4,6", 10), "1:6");
  EXPECT_EQ(resolved("4294967295,1,4294967294", 1), "1,4294967294:4294967295");
}

TEST(SequenceSet, KeepsWhatWasWritten) {
  for (const char* text : {"1", "*", "$", "1:*", "*:4,5:7", "4:2,4294967295"}) {
    std::string out;
    append_sequence_set(out, parse_sequence_set(text).value());
    EXPECT_EQ(out, text);
  }
}

TEST(SequenceSet, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "0",
                           "01",
                           "1:0",
                           "1:",
                           ":1",
                           "1,",
                           ",1",
                           "1,,2",
                           "1:2:3",
                           "**",
                           "-1",
                           "+1",
                           "1 ",
                           " 1",
                           "4294967296",
                           "99999999999999999999",
                           "$1",
                           "1,$",
                           "a",
                           "1:a"}) {
    EXPECT_FALSE(parse_sequence_set(text)) << text;
  }
}

TEST(SequenceSet, TakesThePrefixAndLeavesTheRest) {
  std::string_view text = "1:3,7 FLAGS";
  ASSERT_TRUE(take_sequence_set(text));
  EXPECT_EQ(text, " FLAGS");
}

TEST(NumberSet, AddsInAnyOrder) {
  // Every set of 8 numbers, built in two orders, against a bit mask.
  for (unsigned mask = 0; mask < 256; ++mask) {
    NumberSet up;
    NumberSet down;
    for (std::uint32_t i = 0; i < 8; ++i) {
      if ((mask >> i & 1) != 0) up.add(i + 1);
      if ((mask >> (7 - i) & 1) != 0) down.add(8 - i);
    }
    ASSERT_EQ(up, down) << mask;
    ASSERT_EQ(up.count(), static_cast<std::uint64_t>(__builtin_popcount(mask)));
    for (std::uint32_t i = 0; i < 8; ++i) ASSERT_EQ(up.contains(i + 1), (mask >> i & 1) != 0);
    ASSERT_FALSE(up.contains(9));
  }
}

TEST(NumberSet, AddsRangesThatSwallowOthers) {
  NumberSet set({{1, 2}, {5, 6}, {9, 10}, {20, 30}});
  set.add(4, 10);
  EXPECT_EQ(printed(set), "1:2,4:10,20:30");
  set.add(3);
  EXPECT_EQ(printed(set), "1:10,20:30");
  set.add(12, 15);
  EXPECT_EQ(printed(set), "1:10,12:15,20:30");
  set.add(1, 4294967295);
  EXPECT_EQ(printed(set), "1:4294967295");
}

TEST(NumberSet, Intersects) {
  const NumberSet a({{1, 10}, {20, 30}});
  const NumberSet b({{5, 25}, {30, 40}});
  EXPECT_EQ(printed(a.intersect(b)), "5:10,20:25,30");
  EXPECT_TRUE(a.intersect(NumberSet()).empty());
}

TEST(NumberSet, WalksAnIndex) {
  const std::vector<std::uint32_t> uids{3, 4, 8, 9, 10, 50, 51, 4294967295};
  const auto hits = [&](std::string_view text) {
    std::vector<std::size_t> found;
    for_each_index_in(
        parse_sequence_set(text).value().resolve(uids.back()), uids.size(),
        [&](std::size_t i) { return uids[i]; }, [&](std::size_t i) { found.push_back(i); });
    return found;
  };
  EXPECT_EQ(hits("1:*"), (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(hits("1,2,5:7,11:49"), (std::vector<std::size_t>{}));
  EXPECT_EQ(hits("4,9:50"), (std::vector<std::size_t>{1, 3, 4, 5}));
  EXPECT_EQ(hits("*"), (std::vector<std::size_t>{7}));
}

}  // namespace
}  // namespace hikyaku::imap
