// SPDX-License-Identifier: Apache-2.0
// Goal: the fields of any header block are told apart without a lost octet, folds and faults
// included.
#include "protocol/mime/header.h"

#include <gtest/gtest.h>

namespace hikyaku::mime {
namespace {

constexpr std::string_view kMessage =
    "From sender@example.org Sat Jan  1 00:00:00 2000\r\n"
    "From: a@example.org\r\n"
    "Subject : obsolete\r\n\twhite\r\n  space\r\n"
    "no colon here\r\n"
    "X-Empty:\r\n"
    "SUBJECT: second\r\n"
    "\r\n"
    "Body: not a field\r\n";

TEST(Header, WalksFieldsAndStopsAtTheEmptyLine) {
  HeaderReader reader(kMessage);
  std::vector<std::string> names;
  std::string raws;
  while (auto f = reader.next()) {
    names.emplace_back(f->name);
    EXPECT_EQ(f->offset, raws.size());
    raws += f->raw;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"", "From", "Subject", "", "X-Empty", "SUBJECT"}));
  EXPECT_EQ(raws, kMessage.substr(0, reader.offset()));
  EXPECT_EQ(kMessage.substr(reader.offset()), "\r\nBody: not a field\r\n");
  EXPECT_EQ(header_octets(kMessage), reader.offset() + 2);
}

TEST(Header, FindsTheFirstByNameInAnyCase) {
  EXPECT_EQ(field_text(kMessage, "subject"), "obsolete\twhite  space");
  EXPECT_EQ(field_text(kMessage, "x-empty"), "");
  EXPECT_EQ(field_text(kMessage, "body"), std::nullopt);
  EXPECT_EQ(field_text("A: 1\nB: 2\n\nC: 3\n", "b"), "2");
  EXPECT_EQ(field_text("A: 1\nB: 2\n\nC: 3\n", "c"), std::nullopt);
}

TEST(Header, KnowsWhatIsNoFieldName) {
  for (const std::string_view line : {"", ":", ": x", "a b: c", "\tA: b", "A", "A\xc3\xa9: b"}) {
    EXPECT_EQ(field_name(line), "") << line;
  }
  EXPECT_EQ(field_name("A:"), "A");
  EXPECT_EQ(field_name("A-b_c\t : x"), "A-b_c");
}

TEST(Header, UnfoldsToOneLine) {
  struct Case {
    std::string_view in;
    std::string_view out;
  };
  for (const auto& [in, out] : std::vector<Case>{
           {" a\r\n b ", "a b"},  // RFC 5322 §2.2.3
           {"a\n\tb", "a\tb"},
           {"a\rb", "a b"},
           {"a\r\nb", "a b"},
           {std::string_view("a\0b", 3), "a b"},
           {"\r\n \r\n ", ""},
           {"a\r\n", "a"},
       }) {
    EXPECT_EQ(unfold(in), out);
  }
}

TEST(Header, RawsAreTheBlockWhereverItIsCut) {
  for (std::size_t n = 0; n <= kMessage.size(); ++n) {
    const auto cut = kMessage.substr(0, n);
    HeaderReader reader(cut);
    std::string raws;
    while (auto f = reader.next()) raws += f->raw;
    EXPECT_EQ(raws, cut.substr(0, reader.offset()));
    const auto rest = cut.substr(reader.offset());
    EXPECT_TRUE(rest.empty() || rest.starts_with("\r\n")) << n;
    EXPECT_LE(header_octets(cut), cut.size());
  }
}

}  // namespace
}  // namespace hikyaku::mime
