// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hikyaku {

/// The languages that are spoken to people. Logs and protocols are English.
enum class Language : unsigned char { kEnglish, kJapanese };

/// The language of a locale's name such as $LANG: "ja_JP.UTF-8" is Japanese, all others English.
[[nodiscard]] Language language_of(std::string_view locale);

/// The language of this process's texts for people: the chosen one, else that of HIKYAKU_LANG,
/// LC_ALL, LC_MESSAGES or LANG, the first that is set.
[[nodiscard]] Language language();
/// Chooses it, before there are threads.
void choose_language(Language chosen);

/// A text in all languages, so that none can be forgotten: one without its translation, or with
/// other values in it, does not compile.
struct Words {
  std::string_view english;
  std::string_view japanese;

  consteval Words(const char* en, const char* ja) : english(en), japanese(ja) {
    if (english.empty() || japanese.empty()) a_translation_is_missing();
    if (!have_same_places(english, japanese)) translations_have_other_values();
  }
  [[nodiscard]] constexpr std::string_view in(Language language) const {
    return language == Language::kJapanese ? japanese : english;
  }
  /// Whether the same {0}, {1} … stand in both.
  [[nodiscard]] static constexpr bool have_same_places(std::string_view a, std::string_view b) {
    return has_places_of(a, b) && has_places_of(b, a);
  }

 private:
  // Not constexpr: reaching one of them ends the compilation with its name.
  static void a_translation_is_missing();
  static void translations_have_other_values();

  static constexpr bool has_places_of(std::string_view text, std::string_view other) {
    for (auto open = other.find('{'); open != std::string_view::npos;
         open = other.find('{', open + 1))
      if (text.find(other.substr(open, other.find('}', open) - open + 1)) == std::string_view::npos)
        return false;
    return std::ranges::count(text, '{') == std::ranges::count(other, '{');
  }
};

template <class... Values>
[[nodiscard]] std::string say(Language in, const Words& words, const Values&... values) {
  return fmt::format(fmt::runtime(words.in(in)), values...);
}

/// An error that can be told in each language.
template <class... Values>
[[nodiscard]] Error error_of(Remedy remedy, const Words& words, const Values&... values) {
  return {.remedy = remedy,
          .text = say(Language::kEnglish, words, values...),
          .japanese = say(Language::kJapanese, words, values...)};
}
template <class... Values>
[[nodiscard]] std::unexpected<Error> permanent(const Words& words, const Values&... values) {
  return std::unexpected(error_of(Remedy::kPermanent, words, values...));
}
template <class... Values>
[[nodiscard]] std::unexpected<Error> retry_later(const Words& words, const Values&... values) {
  return std::unexpected(error_of(Remedy::kRetryLater, words, values...));
}

/// A pair in bare braces would be taken for the two ends of one string: write Words{…}.
void permanent(std::initializer_list<const char*> words) = delete;
void retry_later(std::initializer_list<const char*> words) = delete;

/// The error in a language; in English where it has no other.
[[nodiscard]] inline const std::string& text_of(const Error& error, Language in) {
  return in == Language::kJapanese && !error.japanese.empty() ? error.japanese : error.text;
}

}  // namespace hikyaku
