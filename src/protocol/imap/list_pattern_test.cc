// SPDX-License-Identifier: Apache-2.0
// Goal: patterns match as RFC 9051 §6.3.9 says, whatever their length, and none is slow.
#include "protocol/imap/list_pattern.h"

#include <gtest/gtest.h>

namespace hikyaku::imap {
namespace {

ListPattern pattern(std::string_view text, std::string_view reference = "") {
  return ListPattern::compile(reference, text, NameEncoding::kUtf7).value();
}

/// The plain definition, by trying everything.
bool matches_slowly(std::string_view text, std::string_view name) {
  if (text.empty()) return name.empty();
  if (text[0] == '*' || text[0] == '%') {
    if (matches_slowly(text.substr(1), name)) return true;
    return !name.empty() && (text[0] == '*' || name[0] != kDelimiter) &&
           matches_slowly(text, name.substr(1));
  }
  return !name.empty() && text[0] == name[0] && matches_slowly(text.substr(1), name.substr(1));
}

TEST(ListPattern, Matches) {
  EXPECT_TRUE(pattern("*").matches("a/b/c"));
  EXPECT_TRUE(pattern("%").matches("a"));
  EXPECT_FALSE(pattern("%").matches("a/b"));
  EXPECT_TRUE(pattern("%/%").matches("a/b"));
  EXPECT_TRUE(pattern("a/*").matches("a/b/c"));
  EXPECT_FALSE(pattern("a/*").matches("a"));
  EXPECT_TRUE(pattern("a*").matches("a"));
  EXPECT_FALSE(pattern("").matches("a"));
  EXPECT_TRUE(pattern("%*%%").matches("a/b"));
  EXPECT_TRUE(pattern("Entw&APw-rf%").matches("Entw\xc3\xbcrfe"));
}

TEST(ListPattern, UsesTheReference) {
  EXPECT_TRUE(pattern("%", "a/").matches("a/b"));
  EXPECT_FALSE(pattern("%", "a/").matches("b"));
  EXPECT_TRUE(pattern("b%", "a").matches("abc"));
  EXPECT_EQ(pattern("/b", "a/").text(), "/b");
}

TEST(ListPattern, InboxInAnyCase) {
  for (const char* text : {"inbox", "InBox", "INBOX", "in%", "%ox", "i*x"})
    EXPECT_TRUE(pattern(text).matches("INBOX")) << text;
  EXPECT_TRUE(pattern("inbox/sub").matches("INBOX/sub"));
  EXPECT_FALSE(pattern("inbox/SUB").matches("INBOX/sub"));
  EXPECT_FALSE(pattern("inboxes").matches("INBOXES"));
}

TEST(ListPattern, AgreesWithTheDefinition) {
  // All patterns of up to 5 and names of up to 5 of a few characters.
  const std::string_view alphabet = "a/*%";
  std::vector<std::string> texts{""};
  for (std::size_t begin = 0, length = 0; length < 5; ++length) {
    const std::size_t end = texts.size();
    for (std::size_t i = begin; i < end; ++i) {
      for (const char c : alphabet) texts.push_back(texts[i] + c);
    }
    begin = end;
  }
  std::vector<std::string> names;
  for (const std::string& text : texts) {
    if (text.find_first_of("*%") == text.npos) names.push_back(text);
  }
  for (const std::string& text : texts) {
    const ListPattern compiled = pattern(text);
    for (const std::string& name : names) {
      ASSERT_EQ(compiled.matches(name), matches_slowly(text, name)) << text << " on " << name;
    }
  }
}

TEST(ListPattern, LongOnesCrossWords) {
  for (const std::size_t length : {62U, 63U, 64U, 65U, 126U, 127U, 128U, 129U}) {
    const std::string text(length, 'x');
    EXPECT_TRUE(pattern(text).matches(text));
    EXPECT_FALSE(pattern(text).matches(text + "x"));
    EXPECT_FALSE(pattern(text).matches(text.substr(1)));
    for (const char* wild : {"*", "%"}) {
      EXPECT_TRUE(pattern(text + wild).matches(text)) << length;
      EXPECT_TRUE(pattern(text + wild + "y").matches(text + "zzy")) << length;
      EXPECT_TRUE(pattern(wild + text).matches(text)) << length;
      EXPECT_TRUE(pattern(text + wild + text).matches(text + "-" + text)) << length;
      EXPECT_FALSE(pattern(text + wild + "y").matches(text + "zz")) << length;
    }
  }
}

TEST(ListPattern, NoneIsSlow) {
  // Backtracking would need longer than the universe has.
  std::string text;
  for (int i = 0; i < 500; ++i) text += "a*";
  const std::string name(1000, 'a');
  EXPECT_TRUE(pattern(text).matches(name));
  EXPECT_FALSE(pattern(text + "b").matches(name));
}

TEST(ListPattern, TellsWhatMayBeBelow) {
  EXPECT_TRUE(pattern("*").may_match_below("a"));
  EXPECT_FALSE(pattern("%").may_match_below("a"));
  EXPECT_TRUE(pattern("%/%").may_match_below("a"));
  EXPECT_FALSE(pattern("%/%").may_match_below("a/b"));
  EXPECT_TRUE(pattern("a/b").may_match_below("a"));
  EXPECT_FALSE(pattern("a/b").may_match_below("b"));
  EXPECT_FALSE(pattern("a/b").may_match_below("a/b"));
  EXPECT_TRUE(pattern("*x").may_match_below("a/b"));
}

TEST(ListPattern, RefusesWhatIsNotInTheEncoding) {
  EXPECT_FALSE(ListPattern::compile("", "\xc3\xa9*", NameEncoding::kUtf7));
  EXPECT_TRUE(ListPattern::compile("", "\xc3\xa9*", NameEncoding::kUtf8));
  EXPECT_FALSE(ListPattern::compile("", "\xc3*", NameEncoding::kUtf8));
  EXPECT_FALSE(ListPattern::compile("", std::string(5000, 'a'), NameEncoding::kUtf8));
}

}  // namespace
}  // namespace hikyaku::imap
