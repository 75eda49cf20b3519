// SPDX-License-Identifier: Apache-2.0
// MOVE (RFC 9051 §6.4.8, RFC 6851).
#include "server/imap/copy_result.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::Move command) {
  if (selected_->read_only()) {
    no("the mailbox is open for reading only", "READ-ONLY");
    co_return;
  }
  const auto positions = resolve(command.messages, command.addressing);
  if (!positions) {
    bad("there is no message of that number");
    co_return;
  }
  const auto target = co_await find_mailbox(command.mailbox, "TRYCREATE");
  if (!target) co_return;
  const auto moved = co_await account_->move(selected_->id(), uids_at(*positions), target->id);
  if (!moved) co_return failed(moved.error());
  // The new UIDs come before the messages are told to be gone (RFC 6851 §4.3).
  const auto code = copied_code(*moved);
  if (!code.empty()) imap::append_status(out_, {}, imap::Condition::kOk, code, "moved");
  co_await sync(info_->expunges);
  if (moved->from.empty() || !state_.has(imap::Feature::kCondStore)) {
    ok("moved");
  } else {
    ok("moved", imap::highest_mod_seq_code(selected_->shown.info->highest_modseq));
  }
}

}  // namespace hikyaku::imap_server
