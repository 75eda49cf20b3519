// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// The lexical pieces of Authentication-Results, for this folder only.
namespace hikyaku::results {

/// RFC 2045 §5.1, with what is not ASCII (RFC 8601 §5 in internationalized mail).
[[nodiscard]] bool is_token_octet(char c);
/// RFC 5321 §4.1.2, Ldh-str.
[[nodiscard]] bool is_keyword_octet(char c);

/// Stands in a text and takes pieces from it.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }

  /// White space, folds and comments. False: a comment that does not end, or nests too deep.
  /// comment: gets the text of the first comment, when it is empty still.
  bool skip_cfws(std::string* comment = nullptr);
  bool take(char c);
  /// A run of octets that `good` accepts; maybe empty.
  std::string_view run(bool (*good)(char));
  /// quoted-string, its content; nullopt: there is none here, or it does not end.
  std::optional<std::string> quoted();

 private:
  bool skip_comment(std::string* content);

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace hikyaku::results
