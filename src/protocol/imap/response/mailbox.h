// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/imap/flags.h"
#include "protocol/imap/mailbox_attributes.h"
#include "protocol/imap/mailbox_name.h"
#include "protocol/imap/number_set.h"
#include "protocol/imap/status_items.h"

namespace hikyaku::imap {

// Untagged responses about mailboxes (RFC 9051 §7.3, §7.4). Names as we keep them.

enum class ListKind : unsigned char { kList, kLsub };
/// CHILDINFO of RFC 5258 §3.5: the mailbox is here only for what is below it.
enum class ChildInfo : unsigned char { kNone, kSubscribed };

void append_list(std::string& out, ListKind kind, MailboxAttributes attributes,
                 std::string_view name, NameEncoding encoding,
                 ChildInfo child_info = ChildInfo::kNone);
/// The answer to LIST "" "" (RFC 9051 §6.3.9): the delimiter.
void append_list_delimiter(std::string& out, ListKind kind);

struct StatusValues {
  std::uint64_t messages = 0;
  std::uint64_t recent = 0;
  std::uint32_t uid_next = 0;
  std::uint32_t uid_validity = 0;
  std::uint64_t unseen = 0;
  std::uint64_t deleted = 0;
  std::uint64_t size_octets = 0;
  std::uint64_t highest_mod_seq = 0;
  std::string mailbox_id;
};
/// "* STATUS name (...)", with the items that were asked for.
void append_status_response(std::string& out, std::string_view name, NameEncoding encoding,
                            StatusItems items, const StatusValues& values);

/// "* FLAGS (...)": the system flags and these keywords.
void append_flags(std::string& out, std::span<const std::string_view> keywords);
enum class NewKeywords : unsigned char { kAllowed, kRefused };
/// "* OK [PERMANENTFLAGS (...)]"; none at all in a read-only mailbox.
void append_permanent_flags(std::string& out, SystemFlags system,
                            std::span<const std::string_view> keywords, NewKeywords new_keywords);
void append_exists(std::string& out, std::uint32_t count);
void append_recent(std::string& out, std::uint32_t count);
void append_expunge(std::string& out, std::uint32_t message_number);
enum class VanishedKind : unsigned char { kNow, kEarlier };
/// "* VANISHED (EARLIER) 1:3" (RFC 7162 §3.2.10).
void append_vanished(std::string& out, VanishedKind kind, const NumberSet& uids);

/// One personal namespace, no others (RFC 9051 §6.3.10).
void append_namespace(std::string& out);
void append_enabled(std::string& out, std::span<const std::string_view> names);
void append_capability(std::string& out, std::string_view capabilities);
using IdField = std::pair<std::string_view, std::string_view>;
/// "* ID (...)" (RFC 2971 §3.2); NIL if there are none.
void append_id(std::string& out, std::span<const IdField> fields);

}  // namespace hikyaku::imap
