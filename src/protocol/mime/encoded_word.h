// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hikyaku::mime {

/// A header value (Subject, a display name) for people: unfolded, encoded words decoded, white
/// space between two of them gone, 8-bit text read as UTF-8 or else Windows-1252. Valid UTF-8.
///
/// Source: RFC 2047 §4, §6.2; RFC 2231 §5 (language). A word that is not quite well formed (inner
///         spaces, over 75 octets, next to other text) is decoded if its meaning is plain;
///         neighbours of one charset and encoding are joined before decoding, since many cut
///         characters in two.
[[nodiscard]] std::string decode_words(std::string_view value);

/// Where an encoded word will stand: a phrase allows fewer characters (RFC 2047 §5 (3)).
enum class WordContext : std::uint8_t { kText, kPhrase };

/// The text with what is not ASCII as encoded words, UTF-8, each of at most 75 octets, separated by
/// single spaces; plain words stay. Control characters become spaces.
[[nodiscard]] std::string encode_words(std::string_view utf8, WordContext context);

}  // namespace hikyaku::mime
