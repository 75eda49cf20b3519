// SPDX-License-Identifier: Apache-2.0
#include "config/toml_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "base/utf8.h"

namespace hikyaku::config {
namespace {

constexpr unsigned kDepthMax = 32;
constexpr Words kRemedy = {"mend this place; the form is TOML (https://toml.io)",
                           "ここを TOML (https://toml.io/ja/) の書式に直してください"};
constexpr Words kQuoteOpen = {"the quote is not closed", "引用符が閉じていません"};
constexpr Words kQuoteOpenOnLine = {"the quote is not closed on its line",
                                    "引用符が行の中で閉じていません"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_bare_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-';
}
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

/// Digits with single underscores between them; empty if they are not.
std::string without_underscores(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out += text[i];
    } else if (i == 0 || i + 1 == text.size() || text[i - 1] == '_') {
      return {};
    }
  }
  return out;
}

std::optional<std::int64_t> parse_integer(std::string_view word) {
  int base = 10;
  std::string_view digits = word;
  if (word.starts_with("0x")) base = 16;
  if (word.starts_with("0o")) base = 8;
  if (word.starts_with("0b")) base = 2;
  if (base != 10) digits.remove_prefix(2);
  const bool plus = base == 10 && digits.starts_with('+');
  if (plus) digits.remove_prefix(1);
  const std::string clean = without_underscores(digits);
  const auto* begin = clean.data();
  const auto* end = begin + clean.size();
  const bool negative = base == 10 && !plus && clean.starts_with('-');
  const std::string_view unsigned_part = std::string_view(clean).substr(negative ? 1 : 0);
  if (unsigned_part.empty() || unsigned_part.front() == '-') return std::nullopt;
  // No leading zeros (Integer).
  if (base == 10 && unsigned_part.size() > 1 && unsigned_part.front() == '0') return std::nullopt;
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

bool is_float(std::string_view word) {
  std::string_view rest = word;
  if (rest.starts_with('+') || rest.starts_with('-')) rest.remove_prefix(1);
  if (rest == "inf" || rest == "nan") return true;
  const std::string clean = without_underscores(rest);
  if (clean.empty() || !is_digit(clean.front()) || !is_digit(clean.back())) return false;
  const bool marked = clean.find_first_of(".eE") != std::string::npos;
  const auto dot = clean.find('.');
  if (dot != std::string::npos && !(is_digit(clean[dot - 1]) && is_digit(clean[dot + 1])))
    return false;
  double value = 0;
  const auto [stop, error] = std::from_chars(clean.data(), clean.data() + clean.size(), value);
  return marked && error == std::errc{} && stop == clean.data() + clean.size();
}

bool is_date_or_time(std::string_view word) {
  const bool date = word.size() >= 10 && is_digit(word[0]) && word[4] == '-' && word[7] == '-';
  const bool time = word.size() >= 8 && is_digit(word[0]) && word[2] == ':' && word[5] == ':';
  return (date || time) && std::ranges::all_of(word, [](char c) {
           return is_digit(c) || std::string_view("-:.+TtZz ").find(c) != std::string_view::npos;
         });
}

}  // namespace

std::unexpected<Problem> TomlCursor::problem_at(Place place, Told what) {
  return std::unexpected(Problem{place.line, place.column, "", std::move(what), told(kRemedy)});
}

void TomlCursor::advance(std::size_t octets) {
  for (; octets > 0 && !at_end(); --octets) {
    const char c = text_[at_++];
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if (!is_continuation(c)) {
      ++column_;
    }
  }
}

void TomlCursor::skip_blanks() {
  while (peek() == ' ' || peek() == '\t') advance();
}

void TomlCursor::skip_blank_lines() {
  while (true) {
    skip_blanks();
    if (peek() == '#') advance(std::min(text_.find('\n', at_), text_.size()) - at_);
    if (peek() != '\n' && !sees("\r\n")) return;
    advance(peek() == '\r' ? 2 : 1);
  }
}

std::expected<void, Problem> TomlCursor::finish_line() {
  skip_blanks();
  if (peek() == '#') advance(std::min(text_.find('\n', at_), text_.size()) - at_);
  if (at_end()) return {};
  if (peek() != '\n' && !sees("\r\n"))
    return wrong({"the line should end here, but \"{0}\" follows",
                  "ここで行が終わるはずですが、\"{0}\" が続いています"},
                 peek());
  advance(peek() == '\r' ? 2 : 1);
  return {};
}

std::expected<TomlCursor::Key, Problem> TomlCursor::read_key() {
  Key key;
  while (true) {
    skip_blanks();
    if (sees("\"\"\"") || sees("'''"))
      return wrong({"a key is on one line", "項目名は一行に書かなければなりません"});
    if (peek() == '"' || peek() == '\'') {
      auto part = read_string();
      if (!part) return std::unexpected(part.error());
      key.push_back(*std::move(part));
    } else {
      std::string part;
      for (; is_bare_key(peek()); advance()) part += peek();
      if (part.empty()) return wrong({"a key must stand here", "ここには項目名が必要です"});
      key.push_back(std::move(part));
    }
    skip_blanks();
    if (peek() != '.') return key;
    if (key.size() >= kDepthMax)
      return wrong({"the key has too many parts", "項目名の区切りが多すぎます"});
    advance();
  }
}

std::expected<std::string, Problem> TomlCursor::read_string() {
  const char quote = peek();
  const bool multi_line = sees(quote == '"' ? "\"\"\"" : "'''");
  advance(multi_line ? 3 : 1);
  if (multi_line && sees("\r\n")) {
    advance(2);
  } else if (multi_line && peek() == '\n') {
    advance();
  }
  return quote == '"' ? read_basic(multi_line) : read_literal(multi_line);
}

std::expected<std::string, Problem> TomlCursor::read_basic(bool multi_line) {
  std::string out;
  while (!at_end()) {
    const char c = peek();
    if (c == '"' && (!multi_line || sees("\"\"\""))) {
      // Up to two quotes may stand before the closing three (String).
      for (int i = 0; multi_line && i < 2 && sees("\"\"\"\""); ++i, advance()) out += '"';
      advance(multi_line ? 3 : 1);
      return out;
    }
    if (c == '\n' && !multi_line) return wrong(kQuoteOpenOnLine);
    if (c == '\\') {
      if (auto done = read_escape(multi_line, &out); !done) return std::unexpected(done.error());
      continue;
    }
    out += c;
    advance();
  }
  return wrong(kQuoteOpen);
}

std::expected<std::string, Problem> TomlCursor::read_literal(bool multi_line) {
  std::string out;
  while (!at_end()) {
    if (peek() == '\'' && (!multi_line || sees("'''"))) {
      for (int i = 0; multi_line && i < 2 && sees("''''"); ++i, advance()) out += '\'';
      advance(multi_line ? 3 : 1);
      return out;
    }
    if (peek() == '\n' && !multi_line) return wrong(kQuoteOpenOnLine);
    out += peek();
    advance();
  }
  return wrong(kQuoteOpen);
}

std::expected<void, Problem> TomlCursor::read_escape(bool multi_line, std::string* out) {
  constexpr std::string_view kNames = "btnfr\"\\";
  constexpr std::string_view kOctets = "\b\t\n\f\r\"\\";
  const Place start = place();
  advance();
  const char name = peek();
  if (const auto found = kNames.find(name); found != std::string_view::npos && !at_end()) {
    *out += kOctets[found];
    advance();
    return {};
  }
  if (name == 'u' || name == 'U') {
    advance();
    const std::string_view digits = text_.substr(at_, name == 'u' ? 4 : 8);
    std::uint32_t point = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, point, 16);
    const bool whole = digits.size() == (name == 'u' ? 4U : 8U) && stop == end;
    if (error != std::errc{} || !whole || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
      return wrong_at(start, {"this is no character's number", "文字の番号ではありません"});
    append_utf8(*out, point);
    advance(digits.size());
    return {};
  }
  if (multi_line) {  // a backslash at the end of a line takes the blanks up to the next text
    skip_blanks();
    if (peek() == '\n' || sees("\r\n")) {
      while (peek() == ' ' || peek() == '\t' || peek() == '\n' || sees("\r\n")) advance();
      return {};
    }
  }
  return wrong_at(start, {R"(a backslash stands for itself only as "\\", or in '…')",
                          R"(バックスラッシュ自体は "\\" と書くか、'…' の中に書いてください)"});
}

std::expected<Value, Problem> TomlCursor::read_value(unsigned depth) {
  if (depth > kDepthMax)
    return wrong({"too many brackets inside of each other", "括弧の入れ子が深すぎます"});
  const Place start = place();
  if (peek() == '"' || peek() == '\'') {
    auto text = read_string();
    if (!text) return std::unexpected(text.error());
    return Value{*std::move(text), {"a text", "文字列"}, start};
  }
  if (peek() == '[') return read_array(depth);
  if (peek() == '{') return read_inline_table(depth);
  return read_bare_value();
}

std::expected<Value, Problem> TomlCursor::read_array(unsigned depth) {
  Value out{std::vector<std::string>{}, {"a list of texts", "文字列のリスト"}, place()};
  advance();
  while (true) {
    skip_blank_lines();
    if (peek() == ']') break;
    auto element = read_value(depth + 1);
    if (!element) return element;
    auto* texts = std::get_if<std::vector<std::string>>(&out.data);
    auto* text = std::get_if<std::string>(&element->data);
    if (texts != nullptr && text != nullptr) {
      texts->push_back(std::move(*text));
    } else {
      out.data = Unusable{};
      out.kind = {"a list", "リスト"};
    }
    skip_blank_lines();
    if (peek() == ']') break;
    if (peek() != ',') return wrong({"a comma or ] must stand here", "ここには , か ] が必要です"});
    advance();
  }
  advance();
  return out;
}

std::expected<Value, Problem> TomlCursor::read_inline_table(unsigned depth) {
  const Value out{Unusable{}, {"a table", "テーブル"}, place()};
  std::set<Key> seen;
  advance();
  skip_blanks();
  while (peek() != '}') {
    const Place start = place();
    auto key = read_key();
    if (!key) return std::unexpected(key.error());
    if (!seen.insert(*key).second)
      return wrong_at(start, {"this key is there twice", "この項目が二回あります"});
    if (peek() != '=') return wrong({"= must stand here", "ここには = が必要です"});
    advance();
    skip_blanks();
    if (auto value = read_value(depth + 1); !value) return value;
    skip_blanks();
    if (peek() == '}') break;
    if (peek() != ',')
      return wrong({"a comma or }} must stand here", "ここには , か }} が必要です"});
    advance();
    skip_blanks();
    if (peek() == '}') return wrong({"a key must stand here", "ここには項目名が必要です"});
  }
  advance();
  return out;
}

std::expected<Value, Problem> TomlCursor::read_bare_value() {
  const Place start = place();
  constexpr std::string_view kEnds = " \t\r\n#,]}";
  std::size_t size = std::min(text_.find_first_of(kEnds, at_), text_.size()) - at_;
  // A date and a time may have a blank between them.
  if (size == 10 && at_ + 12 < text_.size() && text_[at_ + 10] == ' ' &&
      is_digit(text_[at_ + 11]) && is_date_or_time(text_.substr(at_, 10)))
    size = std::min(text_.find_first_of(kEnds, at_ + 11), text_.size()) - at_;
  const std::string_view word = text_.substr(at_, size);
  Value value{Unusable{}, {"a number with a fraction", "小数"}, start};
  if (word == "true" || word == "false") {
    value = {word == "true", {"true or false", "真偽値"}, start};
  } else if (const auto integer = parse_integer(word)) {
    value = {*integer, {"a number", "整数"}, start};
  } else if (is_date_or_time(word)) {
    value.kind = {"a date or time", "日時"};
  } else if (!is_float(word)) {
    return word.empty() ? wrong({"a value must stand here", "ここには値が必要です"})
                        : wrong({"{0} is no value; a text needs quotes",
                                 "{0} は値ではありません。文字列は引用符で囲んでください"},
                                word);
  }
  advance(size);
  return value;
}

std::expected<void, Problem> check_octets(std::string_view text) {
  TomlCursor cursor(text);
  for (std::string_view rest = text; !rest.empty();) {
    const auto first = first_sequence(rest);
    if (first.kind != Utf8Sequence::Kind::kValid)
      return cursor.wrong({"the text is no UTF-8", "UTF-8 ではない文字があります"});
    const auto c = static_cast<unsigned char>(rest.front());
    const bool line_end = c == '\n' || (c == '\r' && rest.size() > 1 && rest[1] == '\n');
    if ((c < 0x20 && c != '\t' && !line_end) || c == 0x7f)
      return cursor.wrong({"a control octet (0x{0}) stands here", "制御文字 (0x{0}) があります"},
                          fmt::format("{:02x}", c));
    cursor.advance(first.octets);
    rest.remove_prefix(first.octets);
  }
  return {};
}

}  // namespace hikyaku::config
