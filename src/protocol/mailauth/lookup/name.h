// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::lookup {

/// A domain name as DNS is asked for it: ASCII letters made small, one final dot dropped, labels
/// that are not ASCII as A-labels (RFC 8616 §4 to §6, by UTS 46).
///
/// Errors: nullopt for what has an empty label, one over 63 octets or over 253 in all, and for
///         labels that IDNA does not allow.
std::optional<std::string> a_labels(std::string_view name);

/// Labels of 1 to 63 octets, at most 253 in all (RFC 1035 §2.3.4). No final dot.
bool has_valid_labels(std::string_view name);

/// Letters, digits, hyphens and underscores, at least two labels: what mail domains and the names
/// of hosts are made of. An address literal is none.
bool is_mail_domain(std::string_view name);

/// 3 for "mail.example.org"; 0 for "".
std::size_t label_count(std::string_view name);

/// The last `count` labels; all of it when it has no more.
std::string_view last_labels(std::string_view name, std::size_t count);

/// `name` is `parent` or a subdomain of it, whatever the case (RFC 4343).
bool is_within(std::string_view name, std::string_view parent);

/// Only ASCII letters have case in DNS (RFC 4343 §3).
std::string small_letters(std::string_view text);

}  // namespace hikyaku::lookup
