// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/spf/macro.h"

#include <fmt/format.h>

#include <algorithm>
#include <expected>
#include <iterator>
#include <vector>

namespace hikyaku::spf {
namespace {

constexpr std::string_view kDelimiters = ".-+,/_=";
/// More labels no name has, and RFC 7208 §7.3 wants 127 at least.
constexpr std::size_t kPartsMax = 100'000;
constexpr std::size_t kNameOctetsMax = 253;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_alpha(char c) { return small(c) >= 'a' && small(c) <= 'z'; }

/// A run of literal octets, or one macro-expand.
struct Piece {
  std::string_view literal;
  char letter = 0;  ///< small; 0: `literal` is all
  bool url_escape = false;
  bool reverse = false;
  bool transforms = false;  ///< there are transformers or delimiters
  std::size_t parts = 0;    ///< 0: all
  std::string_view delimiters;
  bool is_expand = false;  ///< macro-expand, "%%", "%_" and "%-" too
};

using Pieces = std::expected<std::optional<Piece>, SyntaxError>;

/// Reads a text piece by piece.
class Scanner {
 public:
  Scanner(std::string_view text, MacroUse use) : text_(text), use_(use) {}

  /// nullopt: the end.
  Pieces next() {
    if (at_ == text_.size()) return std::nullopt;
    if (text_[at_] == '%') return expand();
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '%') {
      const char c = text_[at_];
      // macro-literal = %x21-24 / %x26-7E; explain-string has SP too.
      const bool fine = (c > ' ' && c < '\x7f') || (c == ' ' && use_ == MacroUse::kExplanation);
      if (!fine) return error("a visible ASCII character");
      ++at_;
    }
    return Piece{text_.substr(begin, at_ - begin)};
  }
  [[nodiscard]] std::size_t position() const { return at_; }

 private:
  [[nodiscard]] std::unexpected<SyntaxError> error(std::string_view expected) const {
    return std::unexpected(SyntaxError{at_, fmt::format("expected {}", expected)});
  }
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  Pieces expand() {
    ++at_;
    Piece out;
    out.is_expand = true;
    switch (peek()) {
      case '%': out.literal = "%"; break;
      case '_': out.literal = " "; break;
      case '-': out.literal = "%20"; break;
      case '{': return macro(out);
      // RFC 7208 §7.3: a syntax error.
      default: return error("'{', '%', '_' or '-' after '%'");
    }
    ++at_;
    return out;
  }

  Pieces macro(Piece out) {
    ++at_;
    const char letter = peek();
    const bool known = is_alpha(letter) && std::string_view("slodiphvcrt").contains(small(letter));
    if (!known) return error("a macro letter");
    if (use_ == MacroUse::kTerm && std::string_view("crt").contains(small(letter))) {
      return error("a macro letter that is not for explanations only");
    }
    out.letter = small(letter);
    out.url_escape = letter != out.letter;
    ++at_;
    const std::size_t digits = at_;
    for (; is_digit(peek()); ++at_) {
      out.parts = std::min(out.parts * 10 + static_cast<std::size_t>(text_[at_] - '0'), kPartsMax);
    }
    // "If a DIGIT is specified, the value MUST be nonzero."
    if (at_ > digits && out.parts == 0) {
      at_ = digits;
      return error("a number of parts that is not 0");
    }
    if (small(peek()) == 'r') {
      out.reverse = true;
      ++at_;
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && kDelimiters.contains(text_[at_])) ++at_;
    out.delimiters = text_.substr(begin, at_ - begin);
    if (peek() != '}') return error("a delimiter or '}'");
    out.transforms = at_ > digits;
    ++at_;
    return out;
  }

  std::string_view text_;
  MacroUse use_;
  std::size_t at_ = 0;
};

std::string value_of(char letter, const MacroValues& values) {
  switch (letter) {
    case 's': return values.local_part + "@" + values.sender_domain;
    case 'l': return values.local_part;
    case 'o': return values.sender_domain;
    case 'd': return values.domain;
    case 'i': return values.ip;
    case 'p': return values.validated;
    case 'h': return values.helo;
    case 'v': return values.ip_zone;
    case 'c': return values.ip_text;
    case 'r': return values.receiver;
    case 't': return fmt::format("{}", values.now_s);
    default: return "";
  }
}

/// RFC 7208 §7.3: split, reversed, the right-hand ones taken, joined with dots.
std::string transform(const std::string& value, const Piece& macro) {
  const std::string_view delimiters = macro.delimiters.empty() ? "." : macro.delimiters;
  std::vector<std::string_view> parts;
  std::string_view rest = value;
  for (;;) {
    const std::size_t n = rest.find_first_of(delimiters);
    parts.push_back(rest.substr(0, n));
    if (n == std::string_view::npos) break;
    rest.remove_prefix(n + 1);
  }
  if (macro.reverse) std::ranges::reverse(parts);
  const std::size_t kept = macro.parts == 0 ? parts.size() : std::min(macro.parts, parts.size());
  return fmt::format("{}",
                     fmt::join(parts.end() - static_cast<std::ptrdiff_t>(kept), parts.end(), "."));
}

/// RFC 7208 §7.3: all but RFC 3986's "unreserved".
std::string url_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_alpha(c) || is_digit(c) || std::string_view("-._~").contains(c)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string expand(const Piece& piece, const MacroValues& values) {
  if (piece.letter == 0) return std::string(piece.literal);
  std::string value = value_of(piece.letter, values);
  if (piece.transforms) value = transform(value, piece);
  return piece.url_escape ? url_escape(value) : value;
}

/// toplabel = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum )
bool is_toplabel(std::string_view text) {
  if (text.empty() || text.front() == '-' || text.back() == '-') return false;
  bool other_than_digits = false;
  for (const char c : text) {
    if (!is_alpha(c) && !is_digit(c) && c != '-') return false;
    other_than_digits |= !is_digit(c);
  }
  return other_than_digits;
}

}  // namespace

std::optional<SyntaxError> check_macros(std::string_view text, MacroUse use) {
  Scanner scanner(text, use);
  for (;;) {
    auto piece = scanner.next();
    if (!piece) return std::move(piece).error();
    if (!*piece) return std::nullopt;
  }
}

std::optional<SyntaxError> check_domain_spec(std::string_view text) {
  if (text.empty()) return SyntaxError{0, "expected a domain name"};
  Scanner scanner(text, MacroUse::kTerm);
  std::size_t tail = 0;  // where the literal after the last macro-expand begins
  for (;;) {
    auto piece = scanner.next();
    if (!piece) return std::move(piece).error();
    if (!*piece) break;
    if ((*piece)->is_expand) tail = scanner.position();
  }
  // domain-end = ( "." toplabel [ "." ] ) / macro-expand
  if (tail == text.size()) return std::nullopt;
  std::string_view end = text.substr(tail);
  if (end.ends_with('.')) end.remove_suffix(1);
  const std::size_t dot = end.rfind('.');
  if (dot == std::string_view::npos) {
    return SyntaxError{tail, "expected a domain name of more than one label"};
  }
  if (!is_toplabel(end.substr(dot + 1))) {
    return SyntaxError{tail + dot + 1, "expected a top label of letters, digits and hyphens"};
  }
  return std::nullopt;
}

bool uses_macro(std::string_view text, std::string_view letters) {
  Scanner scanner(text, MacroUse::kExplanation);
  for (;;) {
    const auto piece = scanner.next();
    if (!piece || !*piece) return false;
    if ((*piece)->letter != 0 && letters.contains((*piece)->letter)) return true;
  }
}

std::string expand_explanation(std::string_view text, const MacroValues& values,
                               std::size_t octets_max) {
  std::string out;
  Scanner scanner(text, MacroUse::kExplanation);
  while (out.size() < octets_max) {
    const auto piece = scanner.next();
    if (!piece || !*piece) break;
    out += expand(**piece, values);
  }
  out.resize(std::min(out.size(), octets_max));
  return out;
}

std::string expand_domain(std::string_view spec, const MacroValues& values) {
  // A short record can stand for a long name, of which the end counts: as much as has a final dot,
  // and before the longest name a part of a label that is cut off below.
  constexpr std::size_t kKept = kNameOctetsMax + 2;
  std::string out;
  Scanner scanner(spec, MacroUse::kExplanation);
  for (;;) {
    const auto piece = scanner.next();
    if (!piece || !*piece) break;
    out += expand(**piece, values);
    if (out.size() > kKept) out.erase(0, out.size() - kKept);
  }
  if (out.ends_with('.')) out.pop_back();
  // RFC 7208 §7.3: "by removing successive domain labels (and their following dots)".
  while (out.size() > kNameOctetsMax) {
    const std::size_t dot = out.find('.');
    out.erase(0, dot == std::string::npos ? out.size() : dot + 1);
  }
  return out;
}

}  // namespace hikyaku::spf
