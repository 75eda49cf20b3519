// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/address.h"

#include <algorithm>

#include "base/utf8.h"
#include "protocol/mime/charset.h"
#include "protocol/mime/header.h"

namespace hikyaku::mime {
namespace {

enum class TokenKind : std::uint8_t { kAtom, kQuoted, kLiteral, kDot, kAt, kOther };

struct Token {
  TokenKind kind = TokenKind::kAtom;
  std::string_view text;  ///< kQuoted: between the quotes, escapes still there
  bool space_before = false;
};
using Tokens = std::vector<Token>;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0'; }
bool is_special(char c) {
  return std::string_view("()<>[]:;@\\,.\"").find(c) != std::string_view::npos;
}
bool is_control(char c) {
  return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
}

/// Escapes off, line ends of folds off, other CR, LF and NUL to spaces.
void append_unquoted(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\' && i + 1 < text.size()) c = text[++i];
    if (c == '\r' || c == '\n') {
      if (i + 1 < text.size() && is_space(text[i + 1])) continue;
      c = ' ';
    }
    out.push_back(c == '\0' ? ' ' : c);
  }
}

void append_text(const Token& token, std::string& out) {
  if (token.kind == TokenKind::kQuoted) {
    append_unquoted(token.text, out);
  } else {
    for (const char c : token.text) {
      if (c != '\r' && c != '\n') out.push_back(c == '\0' ? ' ' : c);
    }
  }
}

/// In domains and routes quotes mean nothing, and stay to be seen.
void append_domain_text(const Token& token, std::string& out) {
  if (token.kind != TokenKind::kQuoted) return append_text(token, out);
  out.push_back('"');
  for (const char c : token.text) {
    if (c != '\r' && c != '\n') out.push_back(c == '\0' ? ' ' : c);
  }
  out.push_back('"');
}

std::string phrase_text(const Token* begin, const Token* end) {
  std::string out;
  for (const auto* t = begin; t != end; ++t) {
    if (t != begin && t->space_before) out.push_back(' ');
    append_text(*t, out);
  }
  return out;
}

/// Text of a local part or domain: white space beside dots is nothing (RFC 5322 §4.4).
std::string joined_text(const Token* begin, const Token* end,
                        void (*append)(const Token&, std::string&)) {
  std::string out;
  for (const auto* t = begin; t != end; ++t) {
    const bool apart = t != begin && t->space_before && t->kind != TokenKind::kDot &&
                       (t - 1)->kind != TokenKind::kDot;
    if (apart) out.push_back(' ');
    append(*t, out);
  }
  return out;
}

/// One pass over the value; no octet is looked at more than a few times, whatever it holds.
class AddressParser {
 public:
  explicit AddressParser(std::string_view value) : in_(value) {}

  ParsedAddresses run() {
    if (!is_utf8(in_)) out_.well_formed = false;  // RFC 6532 §3.2
    while (at_ < in_.size() && out_.list.size() < kAddressesMax) element();
    if (at_ < in_.size()) out_.well_formed = false;
    if (in_group_) close_group(false);
    return std::move(out_);
  }

 private:
  /// Reads up to a comma, semicolon, colon or angle bracket, and deals with what it has.
  void element() {
    tokens_.clear();
    comment_.reset();
    while (true) {
      const bool space = skip_blank();
      if (at_ >= in_.size()) return bare_address();
      const char c = in_[at_];
      if (c == ',') {
        ++at_;
        return bare_address();
      }
      if (c == ';') {
        ++at_;
        bare_address();
        if (in_group_) return close_group(true);
        out_.well_formed = false;  // "a@b; c@d" of Outlook
        return;
      }
      if (c == '<') return angle_address();
      if (c == ':' && !has_at()) {
        ++at_;
        return open_group();
      }
      keep(token(space));
    }
  }

  void keep(const Token& token) {
    if (tokens_.size() < kTokensMax) {
      tokens_.push_back(token);
    } else {
      out_.well_formed = false;
    }
  }

  bool has_at() const {
    return std::ranges::find(tokens_, TokenKind::kAt, &Token::kind) != tokens_.end();
  }

  /// White space and comments; true if there were any.
  bool skip_blank() {
    const auto begin = at_;
    while (at_ < in_.size()) {
      const char c = in_[at_];
      if (is_space(c)) {
        if (c == '\0') out_.well_formed = false;
        ++at_;
      } else if (c != '(' || !comment()) {
        break;
      }
    }
    return at_ != begin;
  }

  /// RFC 5322 §3.2.2. False, with nothing read, if the comment has no end.
  bool comment() {
    if (searched_in_vain_ > kSearchOctetsMax) return false;
    std::size_t depth = 0;
    auto i = at_;
    for (; i < in_.size(); ++i) {
      if (in_[i] == '\\') {
        ++i;
      } else if (in_[i] == '(' && ++depth > kCommentDepthMax) {
        break;
      } else if (in_[i] == ')' && --depth == 0) {
        comment_ = in_.substr(at_ + 1, i - at_ - 1);
        at_ = i + 1;
        return true;
      }
    }
    searched_in_vain_ += i - at_;
    out_.well_formed = false;
    return false;
  }

  /// The next token; at_ stands at neither blank nor end.
  Token token(bool space) {
    const char c = in_[at_];
    if (c == '"' && !quotes_broken_) {
      if (auto t = enclosed('"', space, quotes_broken_)) return *t;
    }
    if (c == '[' && !literals_broken_) {
      if (auto t = enclosed(']', space, literals_broken_)) return *t;
    }
    if (c == '.' || c == '@') {
      const auto kind = c == '.' ? TokenKind::kDot : TokenKind::kAt;
      return {kind, in_.substr(at_++, 1), space};
    }
    if (is_special(c)) {
      out_.well_formed = false;
      return {TokenKind::kOther, in_.substr(at_++, 1), space};
    }
    const auto begin = at_;
    while (at_ < in_.size() && !is_space(in_[at_]) && !is_special(in_[at_])) {
      if (is_control(in_[at_])) out_.well_formed = false;
      ++at_;
    }
    return {TokenKind::kAtom, in_.substr(begin, at_ - begin), space};
  }

  /// A quoted string or domain literal. If nothing closes it, so does nothing later either, and
  /// its opening is text like any other.
  std::optional<Token> enclosed(char close, bool space, bool& broken) {
    for (auto i = at_ + 1; i < in_.size(); ++i) {
      if (in_[i] == '\\') {
        ++i;
      } else if (in_[i] == close) {
        const auto kind = close == '"' ? TokenKind::kQuoted : TokenKind::kLiteral;
        auto text = in_.substr(at_, i + 1 - at_);
        if (close == '"') text = text.substr(1, text.size() - 2);
        if (std::ranges::any_of(text, [](char c) { return c == '\0'; })) out_.well_formed = false;
        at_ = i + 1;
        return Token{kind, text, space};
      }
    }
    broken = true;
    out_.well_formed = false;
    return std::nullopt;
  }

  void open_group() {
    if (in_group_) close_group(false);
    if (tokens_.empty()) out_.well_formed = false;
    check_phrase();
    Address group{.kind = Address::Kind::kGroupBegin};
    group.name = phrase_text(tokens_.data(), tokens_.data() + tokens_.size());
    out_.list.push_back(std::move(group));
    in_group_ = true;
  }

  void close_group(bool well_formed) {
    out_.list.push_back({.kind = Address::Kind::kGroupEnd});
    in_group_ = false;
    if (!well_formed) out_.well_formed = false;
  }

  void check_phrase() {
    for (const auto& t : tokens_) {
      if (t.kind == TokenKind::kAt || t.kind == TokenKind::kLiteral) out_.well_formed = false;
    }
  }

  /// phrase <route:local@domain>
  void angle_address() {
    Address address;
    check_phrase();
    if (!tokens_.empty()) {
      address.name = phrase_text(tokens_.data(), tokens_.data() + tokens_.size());
    }
    ++at_;
    tokens_.clear();
    if (!brackets_broken_ && in_.find('>', at_) == std::string_view::npos) brackets_broken_ = true;
    while (true) {
      const bool space = skip_blank();
      if (at_ >= in_.size()) {
        out_.well_formed = false;
        break;
      }
      const char c = in_[at_];
      if (c == '>') {
        ++at_;
        break;
      }
      if (brackets_broken_ && (c == ',' || c == ';')) {
        out_.well_formed = false;
        break;
      }
      keep(route_token(space));
    }
    take_route(tokens_, address);
    take_addr_spec(tokens_, address);
    if (!address.name && comment_) take_comment(address);
    out_.list.push_back(std::move(address));
    after_angle();
  }

  /// Commas and colons of a route are no faults (RFC 5322 §4.4 obs-route).
  Token route_token(bool space) {
    const char c = in_[at_];
    if (c == ',' || c == ':') return {TokenKind::kOther, in_.substr(at_++, 1), space};
    return token(space);
  }

  void take_route(Tokens& tokens, Address& address) {
    const auto colon = std::ranges::find_if(
        tokens, [](const Token& t) { return t.kind == TokenKind::kOther && t.text == ":"; });
    if (tokens.empty() || tokens.front().kind != TokenKind::kAt || colon == tokens.end()) {
      if (std::ranges::find(tokens, TokenKind::kOther, &Token::kind) != tokens.end()) {
        out_.well_formed = false;
      }
      return;
    }
    for (auto t = tokens.begin(); t != colon; ++t) append_domain_text(*t, address.route);
    tokens.erase(tokens.begin(), colon + 1);
  }

  /// What stands between ">" and the next separator is a comment, or a fault.
  void after_angle() {
    tokens_.clear();
    comment_.reset();
    while (true) {
      const bool space = skip_blank();
      if (at_ >= in_.size()) break;
      const char c = in_[at_];
      if (c == ',') {
        ++at_;
        break;
      }
      if (c == ';') {
        ++at_;
        if (in_group_) {
          close_group(true);
        } else {
          out_.well_formed = false;
        }
        break;
      }
      out_.well_formed = false;
      if (c == '<') break;  // "<a@b> <c@d>": the next element
      (void)token(space);
    }
    auto& last = out_.list.back();
    if (last.kind == Address::Kind::kMailbox && !last.name && comment_) take_comment(last);
  }

  void take_comment(Address& address) {
    std::string text;
    append_unquoted(trim(*comment_), text);
    address.name = std::move(text);
  }

  /// local@domain; the last @ counts, what is too much before it stays in the local part.
  void take_addr_spec(const Tokens& tokens, Address& address) {
    const auto* begin = tokens.data();
    const auto* end = begin + tokens.size();
    const auto* at = end;
    for (const auto* t = begin; t != end; ++t) {
      if (t->kind == TokenKind::kAt) at = t;
    }
    address.local_part = joined_text(begin, at, append_text);
    if (at != end) address.domain = joined_text(at + 1, end, append_domain_text);
    check_addr_spec(begin, at, end);
  }

  /// RFC 5322 §3.4.1, §4.4: local = word *("." word), domain = atom *("." atom) or a literal.
  void check_addr_spec(const Token* begin, const Token* at, const Token* end) {
    if (at == end || at == begin || at + 1 == end) {
      out_.well_formed = false;
      return;
    }
    const auto words = [](const Token* from, const Token* to, TokenKind other) {
      bool want_word = true;
      for (const auto* t = from; t != to; ++t) {
        const bool word = t->kind == TokenKind::kAtom || t->kind == other;
        if (want_word ? !word : t->kind != TokenKind::kDot) return false;
        want_word = !want_word;
      }
      return !want_word;
    };
    const bool literal = at + 2 == end && at[1].kind == TokenKind::kLiteral;
    if (!words(begin, at, TokenKind::kQuoted) ||
        (!literal && !words(at + 1, end, TokenKind::kAtom))) {
      out_.well_formed = false;
    }
  }

  /// An address without brackets: "local@domain (Name)", or broken text.
  void bare_address() {
    if (tokens_.empty()) return;  // RFC 5322 §4.4: empty elements
    Address address;
    auto at = std::ranges::find(tokens_, TokenKind::kAt, &Token::kind);
    if (at == tokens_.end()) {
      address.local_part = phrase_text(tokens_.data(), tokens_.data() + tokens_.size());
      out_.well_formed = false;
    } else {
      // "John Doe john@example.org": words before the last run are a name without brackets.
      auto local = at;
      while (local != tokens_.begin() &&
             (local == at || !local->space_before || touches_dot(local))) {
        --local;
      }
      auto end = at + 1;
      while (end != tokens_.end() && (end == at + 1 || !end->space_before || touches_dot(end))) {
        ++end;
      }
      const auto* const data = tokens_.data();
      std::string name = phrase_text(data, data + (local - tokens_.begin()));
      if (end != tokens_.end()) {
        if (!name.empty()) name.push_back(' ');
        name += phrase_text(&*end, data + tokens_.size());
      }
      if (!name.empty()) {
        address.name = std::move(name);
        out_.well_formed = false;
      }
      Tokens spec(local, end);
      take_route(spec, address);
      if (!address.route.empty()) out_.well_formed = false;  // a route needs its brackets
      take_addr_spec(spec, address);
    }
    if (!address.name && comment_) take_comment(address);
    out_.list.push_back(std::move(address));
  }

  bool touches_dot(Tokens::const_iterator t) const {
    return t->kind == TokenKind::kDot || t->kind == TokenKind::kAt ||
           (t != tokens_.begin() &&
            ((t - 1)->kind == TokenKind::kDot || (t - 1)->kind == TokenKind::kAt));
  }

  std::string_view in_;
  std::size_t at_ = 0;
  ParsedAddresses out_;
  Tokens tokens_;
  std::optional<std::string_view> comment_;  ///< the last one of the element
  bool in_group_ = false;
  /// Words, dots and the like of one address: nobody's name has as many.
  static constexpr std::size_t kTokensMax = 10'000;
  /// Octets after which a "(" that nothing closes is no longer looked into: keeps the pass linear.
  static constexpr std::size_t kSearchOctetsMax = 64 * 1024;
  std::size_t searched_in_vain_ = 0;
  bool quotes_broken_ = false;
  bool literals_broken_ = false;
  bool brackets_broken_ = false;
};

}  // namespace

ParsedAddresses parse_address_list(std::string_view value) { return AddressParser(value).run(); }

AddressList parse_addresses(std::string_view value) {
  return std::move(parse_address_list(value).list);
}

}  // namespace hikyaku::mime
