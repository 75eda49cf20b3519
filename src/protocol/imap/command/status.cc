// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/status.h"

#include <array>
#include <utility>

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

using enum StatusItem;
constexpr std::array<std::pair<std::string_view, StatusItem>, 9> kItems{{
    {"MESSAGES", kMessages},
    {"RECENT", kRecent},
    {"UIDNEXT", kUidNext},
    {"UIDVALIDITY", kUidValidity},
    {"UNSEEN", kUnseen},
    {"DELETED", kDeleted},
    {"SIZE", kSize},
    {"HIGHESTMODSEQ", kHighestModSeq},
    {"MAILBOXID", kMailboxId},
}};

Status parse_item(Scanner& in, StatusItems& items) {
  for (const auto& [name, item] : kItems) {
    if (in.accept_word(name)) {
      items.add(item);
      return {};
    }
  }
  return permanent("there is no such STATUS item");
}

}  // namespace

Result<StatusItems> parse_status_items(Scanner& in) {
  StatusItems items;
  HK_TRY(in.expect('('));
  do {
    HK_TRY(parse_item(in, items));
  } while (in.accept(' '));
  HK_TRY(in.expect(')'));
  return items;
}

Result<MailboxStatus> parse_status(Scanner& in) {
  MailboxStatus status;
  HK_TRY(in.space());
  HK_ASSIGN(status.mailbox, in.mailbox());
  HK_TRY(in.space());
  HK_ASSIGN(status.items, parse_status_items(in));
  HK_TRY(in.end());
  return status;
}

}  // namespace hikyaku::imap
