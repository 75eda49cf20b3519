// SPDX-License-Identifier: Apache-2.0
// DELETE (RFC 9051 §6.3.5).
#include "server/imap/session.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::Delete command) {
  const auto info = co_await find_mailbox(command.mailbox, "NONEXISTENT");
  if (!info) co_return;
  if (info->name == imap::kInbox) {
    no("INBOX can not be deleted", "CANNOT");
    co_return;
  }
  const auto removed = co_await account_->remove(info->name);
  if (!removed) co_return failed(removed.error());
  co_await done("deleted");
}

}  // namespace hikyaku::imap_server
