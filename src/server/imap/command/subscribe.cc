// SPDX-License-Identifier: Apache-2.0
// SUBSCRIBE (RFC 9051 §6.3.7).
#include "server/imap/session.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::Subscribe command) {
  const auto info = co_await find_mailbox(command.mailbox, "NONEXISTENT");
  if (!info) co_return;
  const auto changed = co_await account_->subscribe(info->name, true);
  if (!changed) co_return failed(changed.error());
  co_await done("subscribed");
}

}  // namespace hikyaku::imap_server
