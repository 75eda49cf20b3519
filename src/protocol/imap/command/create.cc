// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/create.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

/// RFC 6154 §6: use-attr list, in parentheses, maybe empty.
Result<MailboxAttributes> parse_use(Scanner& in) {
  MailboxAttributes uses;
  HK_TRY(in.expect('('));
  while (!in.accept(')')) {
    if (uses.bits != 0) HK_TRY(in.space());
    HK_ASSIGN(const std::string_view name, in.flag());
    HK_ASSIGN(const MailboxAttribute use, parse_special_use(name));
    uses |= use;
  }
  return uses;
}

}  // namespace

Result<Create> parse_create(Scanner& in) {
  Create create;
  HK_TRY(in.space());
  HK_ASSIGN(create.mailbox, in.mailbox());
  if (in.accept(' ')) {
    HK_TRY(in.expect('('));
    do {
      if (!in.accept_word("USE")) return permanent("there is no such CREATE parameter");
      HK_TRY(in.space());
      HK_ASSIGN(create.special_use, parse_use(in));
    } while (in.accept(' '));
    HK_TRY(in.expect(')'));
  }
  HK_TRY(in.end());
  return create;
}

}  // namespace hikyaku::imap
