// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/rename.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {

Result<Rename> parse_rename(Scanner& in) {
  Rename rename;
  HK_TRY(in.space());
  HK_ASSIGN(rename.from, in.mailbox());
  HK_TRY(in.space());
  HK_ASSIGN(rename.to, in.mailbox());
  HK_TRY(in.end());
  return rename;
}

}  // namespace hikyaku::imap
