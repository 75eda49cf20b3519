// SPDX-License-Identifier: Apache-2.0
// COPY (RFC 9051 §6.4.7).
#include "server/imap/copy_result.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::Copy command) {
  const auto positions = resolve(command.messages, command.addressing);
  if (!positions) {
    bad("there is no message of that number");
    co_return;
  }
  const auto target = co_await find_mailbox(command.mailbox, "TRYCREATE");
  if (!target) co_return;
  const auto copied = co_await account_->copy(selected_->id(), uids_at(*positions), target->id);
  if (!copied) co_return failed(copied.error());
  co_await done("copied", copied_code(*copied));
}

}  // namespace hikyaku::imap_server
