// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/unsubscribe.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {

Result<Unsubscribe> parse_unsubscribe(Scanner& in) {
  Unsubscribe subscription;
  HK_TRY(in.space());
  HK_ASSIGN(subscription.mailbox, in.mailbox());
  HK_TRY(in.end());
  return subscription;
}

}  // namespace hikyaku::imap
