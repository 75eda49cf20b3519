// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::imap {

// The primitives that responses are made of. All append to the connection's output buffer.

/// Decimal, fast.
void append_number(std::string& out, std::uint64_t number);

/// A quoted string where the octets allow one (ASCII without CR, LF and NUL, at most 512), else a
/// literal. NUL, which no string can hold (RFC 9051 §9 CHAR8), becomes a space.
void append_string(std::string& out, std::string_view text);
/// NIL for nullopt.
void append_nstring(std::string& out, std::optional<std::string_view> text);
/// An atom where it can be one, else a string. For mailbox names: mailbox_name_to_wire() first.
void append_astring(std::string& out, std::string_view text);
/// A mailbox name on this connection: UTF-8 goes as a quoted string where that is enabled
/// (RFC 9051 §4.3), else the name is ASCII already.
void append_mailbox(std::string& out, std::string_view wire_name);
/// "{123}\r\n"; the octets follow.
void append_literal_header(std::string& out, std::uint64_t octets);

}  // namespace hikyaku::imap
