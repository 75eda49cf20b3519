// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/lsub.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {

Result<Lsub> parse_lsub(Scanner& in) {
  Lsub lsub;
  HK_TRY(in.space());
  HK_ASSIGN(lsub.reference, in.mailbox());
  HK_TRY(in.space());
  HK_ASSIGN(lsub.pattern, in.list_mailbox());
  HK_TRY(in.end());
  return lsub;
}

}  // namespace hikyaku::imap
