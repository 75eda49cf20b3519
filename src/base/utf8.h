// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hikyaku {

/// UTF-8 as RFC 3629 §4 has it: no overlong forms, no surrogates, nothing over U+10FFFF.

/// What stands at the start of some octets.
struct Utf8Sequence {
  enum class Kind : unsigned char {
    kValid,       ///< one character of `octets` octets
    kInvalid,     ///< `octets` octets that become one U+FFFD
    kIncomplete,  ///< the beginning of a character; the text ends within it
  };
  Kind kind;
  std::size_t octets;
  char32_t point = 0;  ///< of kValid
};

/// Looks at the first character; text is not empty. Maximal subparts as in Unicode §3.9.
[[nodiscard]] Utf8Sequence first_sequence(std::string_view text);

/// Takes one character off the front of a text that is not empty. nullopt, and one octet taken,
/// where there is none.
[[nodiscard]] std::optional<char32_t> take_utf8(std::string_view& text);
/// c: a Unicode scalar value.
void append_utf8(std::string& out, char32_t c);

/// Octets from the start that are ASCII.
[[nodiscard]] std::size_t ascii_octets(std::string_view text);

[[nodiscard]] inline bool is_ascii(std::string_view text) {
  return ascii_octets(text) == text.size();
}
[[nodiscard]] bool is_utf8(std::string_view text);

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  ///< U+FFFD

}  // namespace hikyaku
