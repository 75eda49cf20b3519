// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "protocol/smtp/path.h"
#include "protocol/smtp/server_config.h"

namespace hikyaku::smtp {

/// "Tue, 24 Nov 2026 04:39:00 +0000" (RFC 5322 §3.3).
[[nodiscard]] std::string date_text(UnixTime time);

/// What a Received field says.
struct TraceFacts {
  std::string hello;           ///< what the client called itself
  std::string client_name;     ///< forward-confirmed name of its address, or empty
  std::string client_address;  ///< "192.0.2.1" or "2001:db8::1"; empty for a local socket
  std::string by;              ///< our host name
  Role role = Role::kInbound;
  bool extended = true;  ///< EHLO
  bool utf8 = false;     ///< SMTPUTF8 was used (RFC 6531 §4.3)
  bool tls = false;
  bool authenticated = false;
  std::string tls_text;  ///< "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty
  std::string id;        ///< tracking number
  /// The recipient, when there is exactly one: naming several would tell them of each other.
  std::optional<Address> recipient;
  UnixTime time;
};

/// The "with" word: SMTP, ESMTP, ESMTPS, ESMTPSA, LMTPS ... (RFC 3848), UTF8SMTPSA ... (RFC 6531).
[[nodiscard]] std::string with_protocol(const TraceFacts& facts);

/// The whole field, folded, CRLF at the end (RFC 5321 §4.4). What a peer said is made harmless:
/// no octet outside of printable ASCII, no parenthesis or backslash in comments.
[[nodiscard]] std::string received_field(const TraceFacts& facts);

/// "Return-Path: <local@domain>" CRLF, added at final delivery (§4.4).
[[nodiscard]] std::string return_path_field(const ReversePath& path);

}  // namespace hikyaku::smtp
