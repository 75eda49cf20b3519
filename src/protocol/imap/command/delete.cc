// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/delete.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {

Result<Delete> parse_delete(Scanner& in) {
  Delete target;
  HK_TRY(in.space());
  HK_ASSIGN(target.mailbox, in.mailbox());
  HK_TRY(in.end());
  return target;
}

}  // namespace hikyaku::imap
