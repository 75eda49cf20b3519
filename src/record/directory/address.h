// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hikyaku::directory {

inline constexpr std::size_t kDomainOctetsMax = 253;
inline constexpr std::size_t kLocalOctetsMax = 256;  ///< looked up; new ones: RFC 5321 §4.5.3.1.1

/// An address, ready to be compared.
struct ParsedAddress {
  std::string local;   ///< as it was written, quotes included
  std::string folded;  ///< local part as it is compared: without quotes, small letters, NFC
  std::string domain;  ///< A-labels, small letters

  [[nodiscard]] std::string canonical() const { return folded + "@" + domain; }
  /// For a server that is not ours, which may tell large letters from small ones.
  [[nodiscard]] std::string outward() const { return local + "@" + domain; }
};

/// A-labels in small letters, without a final dot; IDNA 2008 (UTS 46, not transitional).
/// kPermanent for what is no domain.
Result<std::string> normalize_domain(std::string_view domain);

/// nullopt for what has no local part, or no domain by name.
std::optional<ParsedAddress> parse_address(std::string_view address);

/// The same, for an address that is to be made here: kPermanent with the reason when its local part
/// would have to be quoted or is over 64 octets.
Result<ParsedAddress> parse_new_address(std::string_view address);

/// The local part before its first "+" (RFC 5233), when there is one with something before it.
std::optional<std::string_view> without_tag(std::string_view local);

}  // namespace hikyaku::directory
