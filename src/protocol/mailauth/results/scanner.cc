// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/results/scanner.h"

namespace hikyaku::results {
namespace {

constexpr std::size_t kDepthMax = 16;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

}  // namespace

bool is_token_octet(char c) {
  return !is_control(c) && !std::string_view(" ()<>@,;:\\\"/[]?=").contains(c);
}

bool is_keyword_octet(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

bool Scanner::skip_cfws(std::string* comment) {
  while (!at_end()) {
    if (is_space(text_[at_])) {
      ++at_;
    } else if (text_[at_] == '(') {
      if (!skip_comment(comment != nullptr && comment->empty() ? comment : nullptr)) return false;
    } else {
      return true;
    }
  }
  return true;
}

bool Scanner::skip_comment(std::string* content) {
  std::size_t depth = 0;
  for (; !at_end(); ++at_) {
    const char c = text_[at_];
    if (c == '\\') {
      if (++at_ == text_.size()) return false;
      if (content != nullptr) *content += text_[at_];
      continue;
    }
    if (c == '(' && ++depth > kDepthMax) return false;
    if (c == ')' && --depth == 0) {
      ++at_;
      return true;
    }
    if (content != nullptr && (depth > 1 || c != '(') && !is_control(c)) *content += c;
  }
  return false;
}

bool Scanner::take(char c) {
  if (at_end() || text_[at_] != c) return false;
  ++at_;
  return true;
}

std::string_view Scanner::run(bool (*good)(char)) {
  const auto begin = at_;
  while (!at_end() && good(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

std::optional<std::string> Scanner::quoted() {
  if (!take('"')) return std::nullopt;
  std::string out;
  for (; !at_end(); ++at_) {
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      return out;
    }
    if (c == '\r' || c == '\n') continue;  // a fold
    if (c != '\\') {
      out += c;
    } else if (++at_ < text_.size()) {
      out += text_[at_];
    }
  }
  return std::nullopt;
}

}  // namespace hikyaku::results
