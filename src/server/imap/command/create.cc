// SPDX-License-Identifier: Apache-2.0
// CREATE (RFC 9051 §6.3.4; RFC 6154 §3 for USE).
#include "server/imap/session.h"
#include "server/imap/special_use.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::Create command) {
  const auto name = mailbox_name(command.mailbox);
  if (!name) co_return;
  const auto use = special_use_of(command.special_use);
  if (!use) {
    no("that special use can not be given here", "USEATTR");
    co_return;
  }
  const auto existing = co_await account_->find(*name);
  if (!existing) co_return failed(existing.error());
  if (existing->has_value() && (*existing)->selectable) {
    no("there is a mailbox of that name", "ALREADYEXISTS");
    co_return;
  }
  const auto made = co_await account_->create(*name, *use);
  if (!made) co_return failed(made.error());
  co_await done("created", imap::mailbox_id_code(std::to_string(made->id.value)));
}

}  // namespace hikyaku::imap_server
