// SPDX-License-Identifier: Apache-2.0
// RENAME (RFC 9051 §6.3.6).
#include "server/imap/session.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::Rename command) {
  const auto from = mailbox_name(command.from);
  if (!from) co_return;
  const auto to = mailbox_name(command.to);
  if (!to) co_return;
  const auto source = co_await account_->find(*from);
  if (!source) co_return failed(source.error());
  if (!source->has_value()) {
    no("there is no mailbox of that name", "NONEXISTENT");
    co_return;
  }
  const auto target = co_await account_->find(*to);
  if (!target) co_return failed(target.error());
  // A name that only a subscription keeps is free.
  if (target->has_value() && (*target)->selectable) {
    no("there is a mailbox of the new name", "ALREADYEXISTS");
    co_return;
  }
  const auto renamed = co_await account_->rename(*from, *to);
  if (!renamed) co_return failed(renamed.error());
  co_await done("renamed");
}

}  // namespace hikyaku::imap_server
