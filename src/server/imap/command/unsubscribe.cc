// SPDX-License-Identifier: Apache-2.0
// UNSUBSCRIBE (RFC 9051 §6.3.8).
#include "server/imap/session.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::Unsubscribe command) {
  const auto name = mailbox_name(command.mailbox);
  if (!name) co_return;
  const auto info = co_await account_->find(*name);
  if (!info) co_return failed(info.error());
  // Not subscribed, or not there any more: what was asked for is so already.
  if (info->has_value() && (*info)->subscribed) {
    const auto changed = co_await account_->subscribe(*name, false);
    if (!changed) co_return failed(changed.error());
  }
  co_await done("unsubscribed");
}

}  // namespace hikyaku::imap_server
