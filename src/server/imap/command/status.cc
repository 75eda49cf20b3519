// SPDX-License-Identifier: Apache-2.0
// STATUS (RFC 9051 §6.3.11).
#include "server/imap/session.h"
#include "server/imap/status_values.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::MailboxStatus command) {
  const auto info = co_await find_mailbox(command.mailbox, "NONEXISTENT");
  if (!info) co_return;
  // RFC 7162 §3.1.7: asking for it enables CONDSTORE.
  if (command.items.has(imap::StatusItem::kHighestModSeq)) enable(imap::Feature::kCondStore);
  imap::append_status_response(out_, info->name, state_.name_encoding(), command.items,
                               status_values(*info));
  co_await done("that is its status");
}

}  // namespace hikyaku::imap_server
