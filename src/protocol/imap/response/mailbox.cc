// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/response/mailbox.h"

#include <array>

#include "protocol/imap/write.h"

namespace hikyaku::imap {
namespace {

constexpr std::string_view kSystemFlags = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";

void append_numbered(std::string& out, std::uint32_t number, std::string_view what) {
  out += "* ";
  append_number(out, number);
  out += ' ';
  out += what;
  out += "\r\n";
}

void append_list_start(std::string& out, ListKind kind, MailboxAttributes attributes) {
  out += kind == ListKind::kList ? "* LIST (" : "* LSUB (";
  append_attributes(out, attributes);
  out += ") \"";
  out += kDelimiter;
  out += "\" ";
}

void append_words(std::string& out, std::span<const std::string_view> words) {
  for (const std::string_view word : words) {
    out += ' ';
    out += word;
  }
}

}  // namespace

void append_list(std::string& out, ListKind kind, MailboxAttributes attributes,
                 std::string_view name, NameEncoding encoding, ChildInfo child_info) {
  append_list_start(out, kind, attributes);
  append_mailbox(out, mailbox_name_to_wire(name, encoding));
  if (child_info == ChildInfo::kSubscribed) out += " (\"CHILDINFO\" (\"SUBSCRIBED\"))";
  out += "\r\n";
}

void append_list_delimiter(std::string& out, ListKind kind) {
  append_list_start(out, kind, MailboxAttribute::kNoselect);
  out += "\"\"\r\n";
}

void append_status_response(std::string& out, std::string_view name, NameEncoding encoding,
                            StatusItems items, const StatusValues& values) {
  using enum StatusItem;
  const std::array<std::pair<StatusItem, std::uint64_t>, 8> numbers{{
      {kMessages, values.messages},
      {kRecent, values.recent},
      {kUidNext, values.uid_next},
      {kUidValidity, values.uid_validity},
      {kUnseen, values.unseen},
      {kDeleted, values.deleted},
      {kSize, values.size_octets},
      {kHighestModSeq, values.highest_mod_seq},
  }};
  constexpr std::array<std::string_view, 8> kNames{
      "MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "DELETED", "SIZE", "HIGHESTMODSEQ"};
  out += "* STATUS ";
  append_mailbox(out, mailbox_name_to_wire(name, encoding));
  out += " (";
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!items.has(numbers[i].first)) continue;
    if (out.back() != '(') out += ' ';
    out += kNames[i];
    out += ' ';
    append_number(out, numbers[i].second);
  }
  if (items.has(kMailboxId)) {
    if (out.back() != '(') out += ' ';
    out += "MAILBOXID (";
    out += values.mailbox_id;
    out += ')';
  }
  out += ")\r\n";
}

void append_flags(std::string& out, std::span<const std::string_view> keywords) {
  out += "* FLAGS (";
  out += kSystemFlags;
  append_words(out, keywords);
  out += ")\r\n";
}

void append_permanent_flags(std::string& out, SystemFlags system,
                            std::span<const std::string_view> keywords, NewKeywords new_keywords) {
  out += "* OK [PERMANENTFLAGS (";
  std::string words;
  append_system_flags(words, system);
  append_words(words, keywords);
  if (new_keywords == NewKeywords::kAllowed) words += " \\*";
  if (words.starts_with(' ')) words.erase(0, 1);
  out += words;
  out += words.empty() ? ")] no flag can be changed here\r\n" : ")] flags that are kept\r\n";
}

void append_exists(std::string& out, std::uint32_t count) { append_numbered(out, count, "EXISTS"); }
void append_recent(std::string& out, std::uint32_t count) { append_numbered(out, count, "RECENT"); }
void append_expunge(std::string& out, std::uint32_t message_number) {
  append_numbered(out, message_number, "EXPUNGE");
}

void append_vanished(std::string& out, VanishedKind kind, const NumberSet& uids) {
  if (uids.empty()) return;
  out += kind == VanishedKind::kEarlier ? "* VANISHED (EARLIER) " : "* VANISHED ";
  append_number_set(out, uids);
  out += "\r\n";
}

void append_namespace(std::string& out) {
  out += "* NAMESPACE ((\"\" \"";
  out += kDelimiter;
  out += "\")) NIL NIL\r\n";
}

void append_enabled(std::string& out, std::span<const std::string_view> names) {
  out += "* ENABLED";
  append_words(out, names);
  out += "\r\n";
}

void append_capability(std::string& out, std::string_view capabilities) {
  out += "* CAPABILITY ";
  out += capabilities;
  out += "\r\n";
}

void append_id(std::string& out, std::span<const IdField> fields) {
  if (fields.empty()) {
    out += "* ID NIL\r\n";
    return;
  }
  out += "* ID (";
  for (const auto& [name, value] : fields) {
    if (out.back() != '(') out += ' ';
    append_string(out, name);
    out += ' ';
    append_string(out, value);
  }
  out += ")\r\n";
}

}  // namespace hikyaku::imap
