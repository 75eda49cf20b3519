// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hikyaku::mime {

/// One element of an address list, in the flat shape of IMAP envelopes: a group is a kGroupBegin,
/// its mailboxes and a kGroupEnd.
///
/// Text: quotes and escapes are taken off, folds unfolded, comments gone; encoded words are left
///       as they are (encoded_word.h decodes them). No CR, LF or NUL.
struct Address {
  enum class Kind : std::uint8_t { kMailbox, kGroupBegin, kGroupEnd };

  Kind kind = Kind::kMailbox;
  /// Display name, or the old form "user@host (Name)" (RFC 5322 Appendix A.6.1); for kGroupBegin
  /// the group's name.
  std::optional<std::string> name;
  std::string route;       ///< "@a,@b" of an obsolete source route, else empty
  std::string local_part;  ///< empty for groups, and for the null address <>
  std::string domain;      ///< empty if the address has none (broken, or a plain local name)

  bool operator==(const Address&) const = default;

  /// "local@domain" as on the wire, the local part quoted where it must be; the local part alone
  /// without domain.
  [[nodiscard]] std::string spec() const;
};

using AddressList = std::vector<Address>;

/// What a list says, and whether it says so without faults.
struct ParsedAddresses {
  AddressList list;
  /// All of it is RFC 5322 §3.4 or §4.4 with RFC 6532, every mailbox has a domain, no limit was
  /// met. False: the list is a best guess, good to show, not to decide on.
  bool well_formed = true;
};

/// Elements of a list that are kept; what follows is dropped and well_formed is false.
inline constexpr std::size_t kAddressesMax = 10'000;
/// Nested comments that are followed.
inline constexpr std::size_t kCommentDepthMax = 50;

/// Reads the value of From, To, Reply-To and the like, folded or not. Never fails: text that is no
/// address becomes a mailbox with that text as its name or local part.
///
/// Source: RFC 5322 §3.4, §4.4 (routes, empty elements, dots in phrases); RFC 6532 §3.2 (UTF-8).
[[nodiscard]] ParsedAddresses parse_address_list(std::string_view value);
/// The list alone.
[[nodiscard]] AddressList parse_addresses(std::string_view value);

/// The list as a field value on one line, to be folded by write.h; parse_addresses(print(x)) == x
/// for what parse_addresses gave.
[[nodiscard]] std::string print_addresses(const AddressList& list);

}  // namespace hikyaku::mime
