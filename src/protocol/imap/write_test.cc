// SPDX-License-Identifier: Apache-2.0
// Goal: every text gets a form that reads back as itself, the shortest one that the grammar allows.
#include "protocol/imap/write.h"

#include <gtest/gtest.h>

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

using std::string_literals::operator""s;

template <class Append, class Value>
std::string with(Append append, Value value) {
  std::string out;
  append(out, value);
  return out;
}

TEST(Write, Strings) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "\"\""},
      {"abc def", "\"abc def\""},
      {"a\"b\\c", "\"a\\\"b\\\\c\""},
      {"tab\there", "\"tab\there\""},
      {"a\r\nb", "{4}\r\na\r\nb"},
      {"\xe3\x81\x82", "{3}\r\n\xe3\x81\x82"},
      {"a\0b"s, "{3}\r\na b"},
      {std::string(512, 'x'), "\"" + std::string(512, 'x') + "\""},
      {std::string(513, 'x'), "{513}\r\n" + std::string(513, 'x')},
  };
  for (const auto& [text, wire] : cases) EXPECT_EQ(with(append_string, text), wire);
  EXPECT_EQ(with(append_nstring, std::nullopt), "NIL");
  EXPECT_EQ(with(append_nstring, "x"), "\"x\"");
}

TEST(Write, Astrings) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "\"\""},       {"INBOX", "INBOX"},   {"a/b", "a/b"},     {"a b", "\"a b\""},
      {"a]", "\"a]\""},   {"50%", "\"50%\""},   {"*", "\"*\""},     {"NIL", "\"NIL\""},
      {"nil", "\"nil\""}, {"a{3}", "\"a{3}\""}, {"&AOk-", "&AOk-"}, {"a\\b", "\"a\\\\b\""},
  };
  for (const auto& [text, wire] : cases) EXPECT_EQ(with(append_astring, text), wire);
}

TEST(Write, EveryOctetReadsBack) {
  for (int value = 1; value < 256; ++value) {
    const std::string text = "x" + std::string(1, static_cast<char>(value)) + "y";
    const std::string wire = with(append_string, text);
    Scanner in(wire);
    EXPECT_EQ(in.string().value(), text) << value;
    const std::string atom = with(append_astring, text);
    Scanner again(atom);
    EXPECT_EQ(again.astring().value(), text) << value;
  }
}

TEST(Write, Numbers) {
  EXPECT_EQ(with(append_number, 0U), "0");
  EXPECT_EQ(with(append_number, UINT64_MAX), "18446744073709551615");
}

}  // namespace
}  // namespace hikyaku::imap
