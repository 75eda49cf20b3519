// SPDX-License-Identifier: Apache-2.0
// EXPUNGE (RFC 9051 §6.4.3), UID EXPUNGE (§6.4.9).
#include "server/imap/session.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::Expunge command) {
  if (selected_->read_only()) {
    no("the mailbox is open for reading only", "READ-ONLY");
    co_return;
  }
  std::optional<std::vector<Uid>> uids;
  if (command.uids) {
    const auto positions = resolve(*command.uids, imap::Addressing::kUid);
    uids = uids_at(*positions);
  }
  const auto gone = co_await account_->expunge(selected_->id(), std::move(uids));
  if (!gone) co_return failed(gone.error());
  co_await sync(imap::ExpungeRule::kMaySend);
  if (gone->empty() || !state_.has(imap::Feature::kCondStore)) {
    ok("expunged");
  } else {
    ok("expunged", imap::highest_mod_seq_code(selected_->shown.info->highest_modseq));
  }
}

}  // namespace hikyaku::imap_server
