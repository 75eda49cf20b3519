// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/copy.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

Result<Copy> parse(Scanner& in, Addressing addressing) {
  Copy copy;
  copy.addressing = addressing;
  HK_TRY(in.space());
  HK_ASSIGN(copy.messages, in.sequence_set());
  HK_TRY(in.space());
  HK_ASSIGN(copy.mailbox, in.mailbox());
  HK_TRY(in.end());
  return copy;
}

}  // namespace

Result<Copy> parse_copy(Scanner& in) { return parse(in, Addressing::kNumber); }
Result<Copy> parse_uid_copy(Scanner& in) { return parse(in, Addressing::kUid); }

}  // namespace hikyaku::imap
