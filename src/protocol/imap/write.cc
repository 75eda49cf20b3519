// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/write.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocol/imap/text.h"

namespace hikyaku::imap {
namespace {

/// A quoted string that a line holds comfortably; longer ones are literals.
constexpr std::size_t kQuotedOctetsMax = 512;

enum Class : unsigned char {
  kAtom = 0,     ///< may stand in an atom
  kQuoted = 1,   ///< may stand in a quoted string
  kEscaped = 2,  ///< may, with a backslash
  kLiteral = 3,  ///< only in a literal
};

constexpr std::array<unsigned char, 256> make_classes() {
  std::array<unsigned char, 256> classes{};
  for (std::size_t i = 0; i < 256; ++i) classes[i] = i >= 0x80 ? kLiteral : kAtom;
  // RFC 9051 §9: atom-specials without CTL; "]" is allowed in an astring, but not by all clients.
  for (const char c : {'(', ')', '{', ' ', '%', '*', ']'}) {
    classes[static_cast<unsigned char>(c)] = kQuoted;
  }
  for (std::size_t i = 0; i < 0x20; ++i) classes[i] = kQuoted;
  classes[0x7f] = kQuoted;
  classes['"'] = classes['\\'] = kEscaped;
  classes['\r'] = classes['\n'] = classes['\0'] = kLiteral;
  return classes;
}
constexpr std::array<unsigned char, 256> kClasses = make_classes();

unsigned char worst_class(std::string_view text) {
  unsigned char worst = kAtom;
  for (const char c : text) worst = std::max(worst, kClasses[static_cast<unsigned char>(c)]);
  return worst;
}

void append_quoted(std::string& out, std::string_view text, bool escapes) {
  out += '"';
  if (!escapes) {
    out += text;
  } else {
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  out += '"';
}

void append_literal(std::string& out, std::string_view text) {
  append_literal_header(out, text.size());
  const std::size_t begin = out.size();
  out += text;
  std::replace(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), '\0', ' ');
}

/// Nothing to escape and nothing that needs a literal: nearly all strings. The loop has no branch,
/// so that it runs on many octets at once.
bool is_plain(std::string_view text) {
  unsigned found = 0;
  for (const char c : text) {
    found |= static_cast<unsigned>(c < 0x20) | static_cast<unsigned>(c == '"') |
             static_cast<unsigned>(c == '\\');
  }
  return found == 0;
}

}  // namespace

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), result.ptr);
}

void append_literal_header(std::string& out, std::uint64_t octets) {
  out += '{';
  append_number(out, octets);
  out += "}\r\n";
}

void append_string(std::string& out, std::string_view text) {
  if (text.size() <= kQuotedOctetsMax && is_plain(text)) return append_quoted(out, text, false);
  const unsigned char worst = worst_class(text);
  if (worst == kLiteral || text.size() > kQuotedOctetsMax) {
    append_literal(out, text);
  } else {
    append_quoted(out, text, worst == kEscaped);
  }
}

void append_nstring(std::string& out, std::optional<std::string_view> text) {
  if (text) {
    append_string(out, *text);
  } else {
    out += "NIL";
  }
}

void append_astring(std::string& out, std::string_view text) {
  // An atom that reads NIL is a string to some parsers and nothing to others.
  if (!text.empty() && worst_class(text) == kAtom && !same_word(text, "NIL")) {
    out += text;
  } else {
    append_string(out, text);
  }
}

void append_mailbox(std::string& out, std::string_view wire_name) {
  const bool ascii =
      std::ranges::all_of(wire_name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) {
    append_astring(out, wire_name);
  } else {
    append_quoted(out, wire_name, true);
  }
}

}  // namespace hikyaku::imap
