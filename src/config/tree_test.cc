// SPDX-License-Identifier: Apache-2.0
// Goal: TOML 1.0 as configurations use it is read exactly, by the specification's own examples, and
// what it forbids is refused with its place.
#include "config/tree.h"

#include <gtest/gtest.h>

#include <string>

namespace hikyaku::config {
namespace {

/// What "x = TEXT" gives: the value as people would write it.
std::string value_of(const std::string& text) {
  const auto tree = parse_toml("x = " + text);
  if (!tree) return "refused";
  if (tree->loose.size() != 1) return "not one key";
  const Value& value = tree->loose[0].value;
  if (const auto* b = std::get_if<bool>(&value.data)) return *b ? "true" : "false";
  if (const auto* n = std::get_if<std::int64_t>(&value.data)) return std::to_string(*n);
  if (const auto* s = std::get_if<std::string>(&value.data)) return "<" + *s + ">";
  if (const auto* l = std::get_if<std::vector<std::string>>(&value.data)) {
    std::string out = "[";
    for (const auto& s : *l) out += "<" + s + ">";
    return out + "]";
  }
  return std::string(value.kind.english);
}

const std::vector<std::pair<std::string, std::string>> kValues = {
    // Integer
    {"+99", "99"},
    {"42", "42"},
    {"0", "0"},
    {"-17", "-17"},
    {"-0", "0"},
    {"1_000", "1000"},
    {"5_349_221", "5349221"},
    {"0xDEADBEEF", "3735928559"},
    {"0xdead_beef", "3735928559"},
    {"0o755", "493"},
    {"0b11010110", "214"},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"9223372036854775808", "refused"},
    {"01", "refused"},
    {"1__0", "refused"},
    {"_1", "refused"},
    {"1_", "refused"},
    {"+-1", "refused"},
    {"+0x1", "refused"},
    {"0x", "refused"},
    {"0x-1", "refused"},
    // Float
    {"1.0", "a number with a fraction"},
    {"-0.01", "a number with a fraction"},
    {"5e+22", "a number with a fraction"},
    {"6.626e-34", "a number with a fraction"},
    {"-inf", "a number with a fraction"},
    {".7", "refused"},
    {"7.", "refused"},
    {"3.e+20", "refused"},
    // Boolean, Offset Date-Time and others
    {"true", "true"},
    {"false", "false"},
    {"True", "refused"},
    {"1979-05-27T07:32:00Z", "a date or time"},
    {"1979-05-27 07:32:00.999-07:00", "a date or time"},
    {"1979-05-27", "a date or time"},
    {"07:32:00", "a date or time"},
    // String
    {R"("")", "<>"},
    {R"("I'm a string. \"You can quote me\". Name\tJos\u00E9")",
     "<I'm a string. \"You can quote me\". Name\tJos\xc3\xa9>"},
    {R"("\U0001F4EE")", "<\xf0\x9f\x93\xae>"},
    {R"("\uD800")", "refused"},
    {R"("\u12")", "refused"},
    {R"("\x")", "refused"},
    {"\"a", "refused"},
    {"\"a\nb\"", "refused"},
    {"\"\"\"\nRoses\nViolets\"\"\"", "<Roses\nViolets>"},
    {"\"\"\"\\\n   The quick \\\n\n  fox.\\\n  \"\"\"", "<The quick fox.>"},
    {"\"\"\"\"x\"\"\"\"\"", "<\"x\"\">"},
    {R"('C:\Users\nodejs')", R"(<C:\Users\nodejs>)"},
    {"'''\nI [dw]on't\n'''", "<I [dw]on't\n>"},
    {"''''x'''''", "<'x''>"},
    {"'a", "refused"},
    // Array
    {"[]", "[]"},
    {R"(["a", 'b',])", "[<a><b>]"},
    {"[ # c\n \"a\" # d\n , \"b\"\n]", "[<a><b>]"},
    {"[1, 2]", "a list"},
    {"[[\"a\"], [\"b\"]]", "a list"},
    {"[,]", "refused"},
    {"[\"a\" \"b\"]", "refused"},
    {"[\"a\"", "refused"},
    // Inline Table
    {"{}", "a table"},
    {"{ a = 1, b.c = \"d\" }", "a table"},
    {"{ a = 1, }", "refused"},
    {"{ a = 1, a = 2 }", "refused"},
    {"{ a = 1", "refused"},
    // Nothing, and too much
    {"", "refused"},
    {"# c", "refused"},
    {"1 2", "refused"},
    {"abc", "refused"},
    {"1 # c", "1"},
    {std::string(100, '[') + std::string(100, ']'), "refused"},
};

TEST(Toml, Values) {
  for (const auto& [text, value] : kValues) EXPECT_EQ(value_of(text), value) << text;
}

TEST(Toml, TablesAndKeys) {
  const auto tree = parse_toml(
      "\xef\xbb\xbf# c\r\na = 1\r\n\"b c\" = 2\nt.x = 3\nt.y.z = 4\n[one]\n'q' = 5 # c\n"
      "[[many]]\nk = 6\n[[ many ]]\n[a.b]\n");
  ASSERT_TRUE(tree.has_value()) << tree.error().what.in(Language::kEnglish);
  ASSERT_EQ(tree->loose.size(), 2U);
  EXPECT_EQ(tree->loose[1].key, "b c");
  EXPECT_EQ(tree->loose[1].place.line, 3U);
  ASSERT_EQ(tree->tables.size(), 5U);
  EXPECT_EQ(tree->tables[0].name, "t");
  ASSERT_EQ(tree->tables[0].entries.size(), 2U);
  EXPECT_EQ(tree->tables[0].entries[1].key, "y.z");
  EXPECT_EQ(tree->tables[1].name, "one");
  EXPECT_EQ(tree->tables[1].form, Table::Form::kOne);
  EXPECT_EQ(tree->tables[1].entries.at(0).key, "q");
  EXPECT_EQ(tree->tables[2].form, Table::Form::kMany);
  EXPECT_EQ(tree->tables[3].entries.size(), 0U);
  EXPECT_EQ(tree->tables[4].name, "a.b");
}

TEST(Toml, WhatIsForbiddenHasItsPlace) {
  struct Case {
    std::string text;
    std::uint32_t line;
    std::uint32_t column;
  };
  const std::vector<Case> cases = {
      {"a = 1\na = 2\n", 2, 1},
      {"[t]\n[t]\n", 2, 1},
      {"[t]\n[[t]]\n", 2, 1},
      {"[[t]]\n[t]\n", 2, 1},
      {"t.a = 1\n[t]\n", 2, 1},
      {"t.a = 1\nt.a = 2\n", 2, 1},
      {"t = 1\nt.a = 2\n", 2, 1},
      {"t.a = 1\nt = 2\n", 2, 1},
      {"t = 1\n[t]\n", 2, 1},
      {"[t\n", 1, 3},
      {"[\n", 1, 2},
      {"[]\n", 1, 2},
      {"[[t]\n", 1, 4},
      {"a\n", 1, 2},
      {"= 1\n", 1, 1},
      {"a = 1 b = 2\n", 1, 7},
      {"a = \"\x01\"\n", 1, 6},
      {"a = 1\rb = 2\n", 1, 6},
      {"a = \"\xff\"\n", 1, 6},
      {"a = \"\xe3\x81\"\n", 1, 6},
      {"a = \"\xed\xa0\x80\"", 1, 6},
      {"\xc5\xae", 1, 1},
      {"a = \"\xe3\x81\x82\" x\n", 1, 9},
      {std::string("a = \"\0\"\n", 8), 1, 6},
      {"\"\"\"a\"\"\" = 1\n", 1, 1},
      {"a. = 1\n", 1, 4},
      {"a = \"x\\q\"\n", 1, 7},
  };
  for (const Case& c : cases) {
    const auto tree = parse_toml(c.text);
    ASSERT_FALSE(tree.has_value()) << c.text;
    EXPECT_EQ(tree.error().line, c.line) << c.text << tree.error().what.in(Language::kEnglish);
    EXPECT_EQ(tree.error().column, c.column) << c.text << tree.error().what.in(Language::kEnglish);
  }
  EXPECT_FALSE(parse_toml(std::string((1U << 20) + 1, ' ')).has_value());
  EXPECT_TRUE(parse_toml(std::string(1U << 20, ' ')).has_value());
}

}  // namespace
}  // namespace hikyaku::config
