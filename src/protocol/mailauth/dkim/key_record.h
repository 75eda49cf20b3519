// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace hikyaku::dkim {

/// A public key as DNS has it, under SELECTOR._domainkey.DOMAIN.
struct KeyRecord {
  enum class Type : unsigned char { kRsa, kEd25519 };

  Type type = Type::kRsa;        ///< k=
  std::string key;               ///< p=, decoded; empty: revoked
  bool permits_sha256 = true;    ///< h=
  bool for_email = true;         ///< s=
  bool testing = false;          ///< t=y: to be treated as if the message were not signed
  bool strict_identity = false;  ///< t=s: i= must be in the domain of d= itself
};

/// Source: RFC 6376 §3.6.1, RFC 8463 §4.2.
/// Errors: kPermanent: malformed, of another version, or of an unknown type, all to be ignored.
Result<KeyRecord> parse_key_record(std::string_view text);

/// "SELECTOR._domainkey.DOMAIN" (§3.6.2.1).
[[nodiscard]] std::string key_name(std::string_view selector, std::string_view domain);

}  // namespace hikyaku::dkim
