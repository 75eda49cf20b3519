// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::smtp {

/// The UTF-8 address type of RFC 6533 §3, behind "utf-8;" in ORCPT and in reports.
///
/// utf-8-addr-xtext: ASCII only, all else as "\x{98DB}". For a server without SMTPUTF8.
[[nodiscard]] std::string utf8_address_encode(std::string_view mailbox);
/// The Mailbox that one of the three forms means; nullopt for what is none of them.
[[nodiscard]] std::optional<std::string> utf8_address_decode(std::string_view text);

/// An ORCPT as it may be said to a server without SMTPUTF8: of the UTF-8 type, in ASCII; others as
/// they are.
[[nodiscard]] std::string ascii_orcpt(std::string_view orcpt);
/// An ORCPT that names this address: of type rfc822, or utf-8 where it is not ASCII.
[[nodiscard]] std::string orcpt_of(std::string_view mailbox);
/// An ORCPT as reports show it, decoded: "rfc822;a b@example.org" (RFC 3464 §2.3.1), "utf-8;飛脚@…"
/// (RFC 6533 §3). Empty for what is none.
[[nodiscard]] std::string shown_orcpt(std::string_view orcpt);

}  // namespace hikyaku::smtp
