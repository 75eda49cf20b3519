// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hikyaku::imap {

/// The hierarchy delimiter, of all accounts and for ever (RFC 9051 §6.3.9.4).
inline constexpr char kDelimiter = '/';
inline constexpr std::string_view kInbox = "INBOX";

/// How mailbox names look on this connection.
enum class NameEncoding : unsigned char {
  kUtf7,  ///< RFC 3501 §5.1.3: until the client enabled one of the below
  kUtf8,  ///< after ENABLE IMAP4rev2 or UTF8=ACCEPT (RFC 9051 §5.1, RFC 6855 §3)
};

struct NameLimits {
  std::size_t name_octets_max = 1024;
  std::size_t level_octets_max = 255;
  std::size_t levels_max = 32;
};

/// RFC 3501 §5.1.3, both ways. Decoding takes the one form that encoding gives: what is ASCII must
/// not be in base64, shifts must not touch, surrogates must be paired, spare bits zero. So a name
/// has one text on the wire.
[[nodiscard]] Result<std::string> utf7_decode(std::string_view text);
[[nodiscard]] std::string utf7_encode(std::string_view utf8);

/// A name from the client to the one in which we keep it: UTF-8, "INBOX" in upper case (alone or as
/// the first level), no delimiter at the end (CREATE may have one, RFC 9051 §6.3.4).
///
/// Errors: kPermanent, with a text for the client: not in the encoding, empty, an empty level, a
///         control character (C0, DEL, C1, line and paragraph separator), or over a limit.
[[nodiscard]] Result<std::string> mailbox_name_from_wire(std::string_view wire,
                                                         NameEncoding encoding,
                                                         const NameLimits& limits = {});

/// The octets for the wire; write them as an astring.
[[nodiscard]] std::string mailbox_name_to_wire(std::string_view name, NameEncoding encoding);

/// "a/b/c" -> "a/b"; "" for a name of one level.
[[nodiscard]] std::string_view parent_name(std::string_view name);
/// Is `name` below `ancestor` ("a/b" is below "a", "ab" is not)?
[[nodiscard]] bool is_below(std::string_view name, std::string_view ancestor);

}  // namespace hikyaku::imap
