// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/results/results.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "protocol/mailauth/results/scanner.h"
#include "protocol/mime/header.h"

namespace hikyaku::results {
namespace {

constexpr std::size_t kLineOctets = 78;

class Parser {
 public:
  explicit Parser(std::string_view value) : in_(value) {}

  Result<Results> parse() {
    Results out;
    HK_TRY(space());
    HK_ASSIGN(out.authserv_id, value("authserv-id"));
    HK_TRY(space());
    if (!in_.at_end() && in_.peek() != ';') {
      const auto version = in_.run([](char c) { return c >= '0' && c <= '9'; });
      if (version != "1") return wrong("it is of no version that is known");
      HK_TRY(space());
    }
    bool none = false;
    do {
      if (!in_.take(';')) return wrong("a \";\" is missing");
      HK_TRY(space());
      // Why: a ";" behind the last result is no grammar, but many write it.
      if (in_.at_end() && (none || !out.methods.empty())) break;
      if (out.methods.size() == kMethodsMax) return wrong("too many results");
      HK_ASSIGN(auto method, result());
      none |= method.result.empty();
      out.methods.push_back(std::move(method));
    } while (!in_.at_end());
    if (none && out.methods.size() > 1) return wrong("none among results");
    if (none) out.methods.clear();
    return out;
  }

 private:
  std::unexpected<Error> wrong(std::string_view what) const {
    return permanent(fmt::format("authentication results, octet {}: {}", in_.at(), what));
  }

  Status space(std::string* comment = nullptr) {
    if (!in_.skip_cfws(comment)) return wrong("a comment does not end");
    return {};
  }

  Result<std::string> keyword(std::string_view what) {
    const auto word = in_.run(is_keyword_octet);
    if (word.empty()) return wrong(fmt::format("{} is missing", what));
    return mime::to_lower_ascii(word);
  }

  /// token / quoted-string
  Result<std::string> value(std::string_view what) {
    if (in_.peek() == '"') {
      if (auto text = in_.quoted()) return *std::move(text);
      return wrong("a quoted string does not end");
    }
    const auto token = in_.run(is_token_octet);
    if (token.empty()) return wrong(fmt::format("{} is missing", what));
    return std::string(token);
  }

  /// pvalue: value, or [[local-part] "@"] domain-name, where the local part may be quoted.
  Result<std::string> property_value() {
    std::string out;
    if (in_.peek() == '"') {
      HK_ASSIGN(out, value("a value"));
    }
    out += in_.run([](char c) {
      return static_cast<unsigned char>(c) > ' ' && c != '\x7f' && c != ';' && c != '(' && c != '"';
    });
    return out;
  }

  Status property(MethodResult& out) {
    HK_ASSIGN(auto type, keyword("a property"));
    HK_TRY(space());
    if (type == "reason" && in_.take('=')) {
      if (!out.reason.empty() || !out.properties.empty()) return wrong("a reason out of place");
      HK_TRY(space());
      HK_ASSIGN(out.reason, value("the reason"));
      return space();
    }
    if (!in_.take('.')) return wrong("a property has no \".\"");
    HK_TRY(space());
    // RFC 8601 §2.2: property = special-smtp-verb / Keyword
    HK_ASSIGN(auto name, keyword("the name of a property"));
    HK_TRY(space());
    if (!in_.take('=')) return wrong("a property has no \"=\"");
    HK_TRY(space());
    HK_ASSIGN(auto text, property_value());
    if (out.properties.size() == kPropertiesMax) return wrong("too many properties");
    out.properties.push_back({std::move(type), std::move(name), std::move(text)});
    return space();
  }

  /// One resinfo behind its ";"; with an empty result for "none".
  Result<MethodResult> result() {
    MethodResult out;
    HK_ASSIGN(out.method, keyword("a method"));
    HK_TRY(space());
    if (in_.take('/')) {
      HK_TRY(space());
      // §2.2: results of a method version that is not known should be ignored; there is only 1.
      if (in_.run([](char c) { return c >= '0' && c <= '9'; }) != "1")
        return wrong("a method version that is not known");
      HK_TRY(space());
    }
    if (!in_.take('=')) {
      if (out.method == "none" && (in_.at_end() || in_.peek() == ';')) return out;
      return wrong("a method has no \"=\"");
    }
    HK_TRY(space());
    HK_ASSIGN(out.result, keyword("a result"));
    HK_TRY(space(&out.comment));
    while (!in_.at_end() && in_.peek() != ';') HK_TRY(property(out));
    return out;
  }

  Scanner in_;
};

/// What no field may hold, made harmless.
std::string harmless(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : harmless(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_octet);
}

/// pvalue: a token, an address or a domain; all else is quoted.
std::string value_text(std::string_view text) {
  const auto at = text.find('@');
  const bool plain = at == std::string_view::npos ? is_token(text)
                                                  : (at == 0 || is_token(text.substr(0, at))) &&
                                                        is_token(text.substr(at + 1));
  return plain ? std::string(text) : quoted(text);
}

std::string comment_text(std::string_view text) {
  std::string out;
  for (const char c : harmless(text)) {
    if (c == '(' || c == ')' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string keyword_text(std::string_view text) {
  HK_ASSERT(!text.empty() && std::ranges::all_of(text, is_keyword_octet));
  return std::string(text);
}

/// Appends words, and folds in front of one that would make the line too long.
class Lines {
 public:
  explicit Lines(std::string first) : out_(std::move(first)), column_(out_.size() + 24) {}
  void word(std::string_view text) {
    if (column_ + 1 + text.size() >= kLineOctets) return line(text);
    out_ += ' ';
    out_ += text;
    column_ += 1 + text.size();
  }
  void line(std::string_view text) {
    out_ += "\r\n ";
    out_ += text;
    column_ = 1 + text.size();
  }
  void end_result() { out_ += ';'; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
  std::size_t column_;  // 24: the name of the field
};

}  // namespace

Result<Results> parse(std::string_view value) {
  if (value.size() > kFieldOctetsMax) return permanent("authentication results over 64 KiB");
  return Parser(value).parse();
}

std::string print(const Results& results) {
  const auto& id = results.authserv_id;
  Lines lines(is_token(id) ? id : quoted(id));
  if (results.methods.empty()) {
    lines.end_result();
    lines.word("none");
  }
  for (const auto& method : results.methods) {
    lines.end_result();
    lines.line(keyword_text(method.method) + "=" + keyword_text(method.result));
    if (!method.comment.empty()) lines.word("(" + comment_text(method.comment) + ")");
    if (!method.reason.empty()) lines.word("reason=" + quoted(method.reason));
    for (const auto& property : method.properties)
      lines.word(keyword_text(property.type) + "." + keyword_text(property.name) + "=" +
                 value_text(property.value));
  }
  return lines.take();
}

}  // namespace hikyaku::results
