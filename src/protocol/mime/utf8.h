// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hikyaku::mime {

/// What stands at the start of some octets.
struct Utf8Sequence {
  enum class Kind : unsigned char {
    kValid,       ///< one character of `octets` octets
    kInvalid,     ///< `octets` octets that become one U+FFFD
    kIncomplete,  ///< the beginning of a character; the text ends within it
  };
  Kind kind;
  std::size_t octets;
};

/// Looks at the first character; text is not empty. RFC 3629 §4; maximal subparts as in Unicode
/// §3.9.
[[nodiscard]] Utf8Sequence first_sequence(std::string_view text);

/// Octets from the start that are ASCII.
[[nodiscard]] std::size_t ascii_octets(std::string_view text);

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  ///< U+FFFD

}  // namespace hikyaku::mime
