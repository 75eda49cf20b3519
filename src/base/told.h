// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "base/words.h"

namespace hikyaku {

/// What is said to somebody whose language is known later: Words with their values, in all
/// languages. Made by told() alone, so that no language can be forgotten.
class Told {
 public:
  Told() = default;  ///< nothing is said

  [[nodiscard]] bool empty() const { return english_.empty(); }
  [[nodiscard]] const std::string& in(Language language) const {
    return language == Language::kJapanese ? japanese_ : english_;
  }
  bool operator==(const Told&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Told& told) {
    return out << told.english_;
  }

  /// What comes from elsewhere in both languages; without the second, in English for all.
  [[nodiscard]] static Told from(std::string english, std::string japanese) {
    Told out;
    out.japanese_ = japanese.empty() ? english : std::move(japanese);
    out.english_ = std::move(english);
    return out;
  }

 private:
  std::string english_;
  std::string japanese_;
};

/// A value of a text: what is told itself is told in that text's language.
template <class Value>
[[nodiscard]] decltype(auto) value_in(Language language, const Value& value) {
  if constexpr (std::is_same_v<Value, Told> || std::is_same_v<Value, Words>)
    return value.in(language);
  else if constexpr (std::is_same_v<Value, Error>)
    return text_of(value, language);
  else
    return static_cast<const Value&>(value);
}

template <class... Values>
[[nodiscard]] Told told(const Words& words, const Values&... values) {
  return Told::from(say(Language::kEnglish, words, value_in(Language::kEnglish, values)...),
                    say(Language::kJapanese, words, value_in(Language::kJapanese, values)...));
}

/// A text that is the same in all languages: a name, a path, what somebody else said.
[[nodiscard]] inline Told verbatim(std::string text) { return Told::from(std::move(text), {}); }
[[nodiscard]] inline Told told(const Error& error) {
  return Told::from(error.text, error.japanese);
}

[[nodiscard]] inline Error error_of(Remedy remedy, const Told& what) {
  return {.remedy = remedy,
          .text = what.in(Language::kEnglish),
          .japanese = what.in(Language::kJapanese)};
}
[[nodiscard]] inline std::unexpected<Error> permanent(const Told& what) {
  return std::unexpected(error_of(Remedy::kPermanent, what));
}
[[nodiscard]] inline std::unexpected<Error> retry_later(const Told& what) {
  return std::unexpected(error_of(Remedy::kRetryLater, what));
}

}  // namespace hikyaku
