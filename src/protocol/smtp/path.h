// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hikyaku::smtp {

/// Whether octets over 127 are taken (SMTPUTF8, RFC 6531 §3.3).
enum class Utf8 : unsigned char { kRefuse, kAllow };

/// A mailbox in canonical form: `local` without quotes and backslashes (its case is kept), `domain`
/// in small letters and A-labels without a final dot, or an address literal in brackets
/// ("[192.0.2.1]",
/// "[IPv6:2001:db8::1]", canonical). The address of RCPT TO:<Postmaster> has an empty domain.
struct Address {
  std::string local;
  std::string domain;

  [[nodiscard]] bool is_literal() const { return !domain.empty() && domain.front() == '['; }
  /// "local@domain", quoted only where needed (RFC 5321 §4.1.2: minimum quoting).
  [[nodiscard]] std::string text() const;
  bool operator==(const Address&) const = default;
};

/// nullopt = <>, the null reverse-path of notifications.
using ReversePath = std::optional<Address>;

/// "" or "local@domain": as the store and the queue keep it.
[[nodiscard]] std::string text(const ReversePath& path);

/// Reads a whole "Mailbox" of RFC 5321 §4.1.2 ("local@domain", without brackets).
///
/// Errors: kPermanent, with what is wrong: syntax, local part over 64 or domain over 255 octets
///         (§4.5.3.1.1, .2), a label over 63, octets over 127 that were not asked for.
[[nodiscard]] Result<Address> parse_address(std::string_view text, Utf8 utf8 = Utf8::kRefuse);

/// The canonical form of a "Domain" or an address literal. Errors as above.
[[nodiscard]] Result<std::string> parse_domain(std::string_view text, Utf8 utf8 = Utf8::kRefuse);
/// The same for a literal only: "[...]".
[[nodiscard]] Result<std::string> parse_literal(std::string_view text);

/// Reads "<...>" from the beginning of `in` and takes it off. Source routes are accepted and
/// dropped (§4.1.2, appendix C). "<>" gives nullopt.
[[nodiscard]] Result<ReversePath> take_reverse_path(std::string_view& in, Utf8 utf8);
/// The same for RCPT: "<Postmaster>" is allowed (§4.1.1.3), "<>" is not.
[[nodiscard]] Result<Address> take_forward_path(std::string_view& in, Utf8 utf8);

}  // namespace hikyaku::smtp
