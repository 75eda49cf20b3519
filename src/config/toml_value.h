// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/tree.h"

namespace hikyaku::config {

/// Reads the smallest parts of TOML 1.0 from a text, octet by octet: blanks, keys, values.
///
/// Errors:    wrong() gives the Problem with the place where the cursor stands; the caller returns
/// it. Source:    https://toml.io/en/v1.0.0, by section. Invariant: at_ <= text_.size(); place() is
/// that of the octet at at_.
class TomlCursor {
 public:
  explicit TomlCursor(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  /// The octet here, or NUL at the end (which no text may hold elsewhere: see check_octets()).
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
  [[nodiscard]] bool sees(std::string_view word) const {
    return text_.substr(at_).starts_with(word);
  }
  [[nodiscard]] Place place() const { return {line_, column_}; }
  void advance(std::size_t octets = 1);

  void skip_blanks();       ///< spaces and tabs
  void skip_blank_lines();  ///< and comments and line ends
  /// The end of a line: blanks, a comment, and a line end or the end of the text.
  std::expected<void, Problem> finish_line();

  using Key = std::vector<std::string>;  ///< "a.b" has two parts
  std::expected<Key, Problem> read_key();
  std::expected<Value, Problem> read_value(unsigned depth = 0);

  template <class... Values>
  [[nodiscard]] std::unexpected<Problem> wrong(const Words& what, const Values&... values) const {
    return problem_at(place(), told(what, values...));
  }
  template <class... Values>
  [[nodiscard]] std::unexpected<Problem> wrong_at(Place place, const Words& what,
                                                  const Values&... values) const {
    return problem_at(place, told(what, values...));
  }

 private:
  [[nodiscard]] static std::unexpected<Problem> problem_at(Place place, Told what);
  std::expected<std::string, Problem> read_string();
  std::expected<std::string, Problem> read_basic(bool multi_line);
  std::expected<std::string, Problem> read_literal(bool multi_line);
  std::expected<void, Problem> read_escape(bool multi_line, std::string* out);
  std::expected<Value, Problem> read_array(unsigned depth);
  std::expected<Value, Problem> read_inline_table(unsigned depth);
  std::expected<Value, Problem> read_bare_value();

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
};

/// The first octet that no TOML text may hold: a control octet, a CR alone, what is no UTF-8.
[[nodiscard]] std::expected<void, Problem> check_octets(std::string_view text);

}  // namespace hikyaku::config
