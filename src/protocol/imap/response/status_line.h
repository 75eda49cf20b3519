// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "protocol/imap/number_set.h"

namespace hikyaku::imap {

enum class Condition : unsigned char { kOk, kNo, kBad, kBye, kPreauth };

/// Appends "TAG OK [code] text CRLF"; an empty tag is "*", an empty code none (RFC 9051 §7.1).
/// The text is one line: a CR, LF or NUL in it becomes a space.
void append_status(std::string& out, std::string_view tag, Condition condition,
                   std::string_view code, std::string_view text);

/// Appends "+ text CRLF" (RFC 9051 §7.6).
void append_continuation(std::string& out, std::string_view text);

// Codes with arguments, for append_status(). Those without are their name ("ALREADYEXISTS").

[[nodiscard]] std::string uid_validity_code(std::uint32_t uid_validity);
[[nodiscard]] std::string uid_next_code(std::uint32_t uid_next);
[[nodiscard]] std::string unseen_code(std::uint32_t message_number);
[[nodiscard]] std::string highest_mod_seq_code(ModSeq mod_seq);
/// APPENDUID (RFC 9051 §7.1): the UIDs of one APPEND, ascending.
[[nodiscard]] std::string append_uid_code(std::uint32_t uid_validity, const NumberSet& uids);
/// COPYUID: both sets have as many, and the n-th of one became the n-th of the other.
[[nodiscard]] std::string copy_uid_code(std::uint32_t uid_validity, const NumberSet& from,
                                        const NumberSet& to);
/// MODIFIED (RFC 7162 §3.1.3): messages that a conditional STORE left alone.
[[nodiscard]] std::string modified_code(const NumberSet& messages);
/// MAILBOXID (RFC 8474 §4.1, §4.2).
[[nodiscard]] std::string mailbox_id_code(std::string_view id);

}  // namespace hikyaku::imap
