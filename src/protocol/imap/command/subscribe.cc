// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/subscribe.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {

Result<Subscribe> parse_subscribe(Scanner& in) {
  Subscribe subscription;
  HK_TRY(in.space());
  HK_ASSIGN(subscription.mailbox, in.mailbox());
  HK_TRY(in.end());
  return subscription;
}

}  // namespace hikyaku::imap
