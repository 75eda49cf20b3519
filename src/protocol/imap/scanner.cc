// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/scanner.h"

#include <array>

#include "protocol/imap/text.h"

namespace hikyaku::imap {
namespace {

// RFC 9051 §9. What each octet may stand in.
enum : unsigned char { kAtomChar = 1, kAstringChar = 2, kListChar = 4 };

constexpr std::array<unsigned char, 256> make_classes() {
  std::array<unsigned char, 256> classes{};
  constexpr std::string_view kSpecials = "(){ %*\"\\]";
  for (std::size_t i = 0x21; i < 0x7f; ++i) {
    const char c = static_cast<char>(i);
    unsigned char bits = 0;
    if (kSpecials.find(c) == kSpecials.npos) bits = kAtomChar | kAstringChar | kListChar;
    if (c == ']') bits = kAstringChar | kListChar;
    if (c == '%' || c == '*') bits = kListChar;
    classes[i] = bits;
  }
  return classes;
}
constexpr std::array<unsigned char, 256> kClasses = make_classes();

bool is(char c, unsigned char kind) {
  return (kClasses[static_cast<unsigned char>(c)] & kind) != 0;
}

bool is_word_char(char c) {
  return is_digit(c) || (to_upper(c) >= 'A' && to_upper(c) <= 'Z') || c == '.' || c == '-';
}

std::string inbox_in_upper_case(std::string name) {
  return same_word(name, "INBOX") ? std::string("INBOX") : std::move(name);
}

}  // namespace

template <class Accepts>
std::string_view Scanner::take_while(Accepts accepts) {
  std::size_t size = 0;
  while (size < rest_.size() && accepts(rest_[size])) ++size;
  const std::string_view token = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return token;
}

Status Scanner::end() const {
  // Spaces before CRLF are in no grammar, but some clients send them, and they mean nothing.
  if (rest_.find_first_not_of(' ') == rest_.npos) return {};
  return permanent("there is more than this command takes");
}

bool Scanner::accept(char c) {
  if (!peek(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

Status Scanner::expect(char c) {
  if (accept(c)) return {};
  std::string text = "expected \"";
  text += c;
  return permanent(text + (at_end() ? "\", but the command ends" : "\""));
}

Status Scanner::space() {
  if (accept(' ')) return {};
  return permanent(at_end() ? "an argument is missing" : "expected a space");
}

bool Scanner::accept_word(std::string_view word) {
  if (!same_word(rest_.substr(0, word.size()), word)) return false;
  if (rest_.size() > word.size() && is_word_char(rest_[word.size()])) return false;
  rest_.remove_prefix(word.size());
  return true;
}

Result<std::string_view> Scanner::atom() {
  const std::string_view token = take_while([](char c) { return is(c, kAtomChar); });
  if (token.empty()) return permanent(at_end() ? "an argument is missing" : "expected an atom");
  return token;
}

Result<std::string> Scanner::keyword() {
  HK_ASSIGN(const std::string_view word, atom());
  return upper(word);
}

Result<std::string> Scanner::quoted() {
  // RFC 9051 §9 quoted. Octets over 0x7f are taken here; names and texts are checked by their
  // users.
  std::string out;
  std::string_view rest = rest_.substr(1);
  while (true) {
    const std::size_t special = rest.find_first_of(std::string_view("\"\\\r\n\0", 5));
    if (special == rest.npos) return permanent("a quoted string has no end");
    out += rest.substr(0, special);
    const char c = rest[special];
    rest.remove_prefix(special + 1);
    if (c == '"') break;
    if (c != '\\') return permanent("a quoted string can't hold CR, LF or NUL: use a literal");
    if (rest.empty() || (rest.front() != '"' && rest.front() != '\\')) {
      return permanent("in a quoted string, a backslash stands before a quote or a backslash only");
    }
    out += rest.front();
    rest.remove_prefix(1);
  }
  rest_ = rest;
  return out;
}

Result<std::string> Scanner::literal() {
  const std::size_t line = rest_.find('\n');
  if (line == rest_.npos) return permanent("expected a string");
  std::size_t header_end = line;
  if (header_end > 0 && rest_[header_end - 1] == '\r') --header_end;
  const std::string_view header = rest_.substr(0, header_end);
  const std::optional<LiteralHeader> found = literal_at_end(header);
  if (!found || found->header_octets != header.size()) return permanent("expected a string");
  if (found->octets > rest_.size() - line - 1) return permanent("a literal is cut short");
  std::string out(rest_.substr(line + 1, found->octets));
  // RFC 9051 §9 CHAR8: a literal has no NUL.
  if (out.find('\0') != out.npos) return permanent("a literal can't hold NUL");
  rest_.remove_prefix(line + 1 + found->octets);
  return out;
}

Result<std::string> Scanner::string() {
  if (peek('"')) return quoted();
  if (peek('{')) return literal();
  return permanent(at_end() ? "an argument is missing" : "expected a string");
}

Result<std::string> Scanner::astring() {
  if (peek('"') || peek('{')) return string();
  const std::string_view token = take_while([](char c) { return is(c, kAstringChar); });
  if (token.empty()) return permanent(at_end() ? "an argument is missing" : "expected a string");
  return std::string(token);
}

Result<std::optional<std::string>> Scanner::nstring() {
  if (accept_word("NIL")) return std::nullopt;
  HK_ASSIGN(std::string text, string());
  return std::optional(std::move(text));
}

Result<std::string> Scanner::mailbox() {
  HK_ASSIGN(std::string name, astring());
  return inbox_in_upper_case(std::move(name));
}

Result<std::string> Scanner::list_mailbox() {
  if (peek('"') || peek('{')) return string();
  const std::string_view token = take_while([](char c) { return is(c, kListChar); });
  if (token.empty()) return permanent(at_end() ? "an argument is missing" : "expected a pattern");
  return std::string(token);
}

Result<std::uint64_t> Scanner::digits(std::uint64_t max) {
  std::uint64_t number = 0;
  std::size_t size = 0;
  for (; size < rest_.size() && is_digit(rest_[size]); ++size) {
    const auto digit = static_cast<std::uint64_t>(rest_[size] - '0');
    if (number > (max - digit) / 10) return permanent("a number is too large");
    number = number * 10 + digit;
  }
  if (size == 0) return permanent(at_end() ? "an argument is missing" : "expected a number");
  rest_.remove_prefix(size);
  return number;
}

Result<std::uint32_t> Scanner::number() {
  HK_ASSIGN(const std::uint64_t number, digits(UINT32_MAX));
  return static_cast<std::uint32_t>(number);
}

Result<std::uint32_t> Scanner::nz_number() {
  if (peek('0')) return permanent("expected a number from 1 on");
  return number();
}

Result<std::uint64_t> Scanner::number64() { return digits(INT64_MAX); }

Result<SequenceSet> Scanner::sequence_set() { return take_sequence_set(rest_); }

Result<std::string_view> Scanner::flag() {
  const std::string_view before = rest_;
  const std::size_t slash = accept('\\') ? 1 : 0;
  const Result<std::string_view> name = atom();
  if (!name) {
    rest_ = before;
    return permanent("expected a flag");
  }
  return before.substr(0, slash + name->size());
}

Status Scanner::enter() {
  if (nesting_left_ == 0) return permanent("the parentheses are nested too deep");
  --nesting_left_;
  return {};
}

/// number64 has 19; some zeros before them do no harm.
constexpr std::size_t kLiteralDigitsMax = 40;

std::optional<LiteralHeader> literal_at_end(std::string_view line) {
  // RFC 9051 §9: literal = "{" number64 ["+"] "}"; literal8 = "~{" number64 ["+"] "}".
  if (!line.ends_with('}')) return std::nullopt;
  LiteralHeader header;
  std::size_t begin = line.size() - 1;
  if (begin > 0 && line[begin - 1] == '+') {
    header.non_sync = true;
    --begin;
  }
  const std::size_t digits_end = begin;
  while (begin > 0 && is_digit(line[begin - 1])) --begin;
  // What is longer could be cut where only the end of a line is kept, and seen or not by chance.
  if (digits_end - begin > kLiteralDigitsMax) return std::nullopt;
  if (begin == digits_end || begin == 0 || line[begin - 1] != '{') return std::nullopt;
  for (const char c : line.substr(begin, digits_end - begin)) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    // Far over every limit: as large as can be is as good.
    header.octets =
        header.octets > (INT64_MAX - digit) / 10 ? INT64_MAX : header.octets * 10 + digit;
  }
  --begin;
  if (begin > 0 && line[begin - 1] == '~') {
    header.binary = true;
    --begin;
  }
  header.header_octets = line.size() - begin;
  return header;
}

}  // namespace hikyaku::imap
