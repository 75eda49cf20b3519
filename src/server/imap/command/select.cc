// SPDX-License-Identifier: Apache-2.0
// SELECT, EXAMINE (RFC 9051 §6.3.2), CLOSE, UNSELECT (§6.4.1).
#include "protocol/imap/response/mailbox.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {
namespace {

/// Message number of the first message without \Seen; 0 when there is none.
std::uint32_t first_unseen(const mailbox::View& view) {
  if (view.info->unseen == 0) return 0;
  mailbox::Index::Cursor cursor(*view.index);
  for (std::size_t position = 0; position < view.index->size(); ++position)
    if ((cursor.at(position).flags & mailbox::kSeen) == 0)
      return static_cast<std::uint32_t>(position + 1);
  return 0;
}

}  // namespace

void Session::close_selected() {
  if (!selected_) return;
  selected_.reset();
  saved_ = {};
  state_.deselected();
  reader_.set_state(state_.state());
}

Task<void> Session::run_command(imap::Select command) {
  // RFC 7162 §3.2.5: only once the client has enabled it.
  if (command.qresync && !state_.has(imap::Feature::kQResync)) {
    bad("QRESYNC must be enabled first");
    co_return;
  }
  const bool was_open = selected_.has_value();
  // RFC 9051 §6.3.2: the mailbox that was open is closed even when this fails.
  close_selected();
  if (was_open)
    imap::append_status(out_, {}, imap::Condition::kOk, "CLOSED",
                        "the mailbox that was open is closed");
  const auto info = co_await find_mailbox(command.mailbox, "NONEXISTENT");
  if (!info) co_return;
  auto view = co_await account_->view(info->id);
  if (!view) co_return failed(view.error());

  if (command.condstore) state_.enable(imap::Feature::kCondStore);
  const bool read_only = command.access == imap::Select::Access::kReadOnly;
  selected_.emplace(Selected{*std::move(view),
                             read_only ? Selected::Access::kReadOnly : Selected::Access::kReadWrite,
                             false, 0});
  state_.selected();
  reader_.set_state(state_.state());

  const auto& shown = selected_->shown;
  tell_keywords();
  imap::append_exists(out_, static_cast<std::uint32_t>(shown.index->size()));
  if (!state_.has(imap::Feature::kImap4Rev2)) {
    imap::append_recent(out_, 0);
    if (const auto unseen = first_unseen(shown))
      imap::append_status(out_, {}, imap::Condition::kOk, imap::unseen_code(unseen),
                          "first unseen");
  }
  auto tell = [this](const std::string& code, std::string_view text) {
    imap::append_status(out_, {}, imap::Condition::kOk, code, text);
  };
  tell(imap::uid_validity_code(shown.info->uid_validity), "UIDs valid");
  tell(imap::uid_next_code(shown.info->uid_next.value), "predicted next UID");
  tell(imap::highest_mod_seq_code(shown.info->highest_modseq), "highest");
  tell(imap::mailbox_id_code(std::to_string(shown.info->id.value)), "identity");
  if (state_.has(imap::Feature::kImap4Rev2))
    imap::append_list(out_, imap::ListKind::kList, {}, shown.info->name, state_.name_encoding());
  if (command.qresync) co_await tell_resync(std::move(*command.qresync));
  ok(read_only ? "examining" : "selected", read_only ? "READ-ONLY" : "READ-WRITE");
}

Task<void> Session::run_command(imap::CloseMailbox /*command*/) {
  if (!selected_->read_only() && !selected_->gone) {
    // Without EXPUNGE responses (RFC 9051 §6.4.1).
    const auto gone = co_await account_->expunge(selected_->id(), std::nullopt);
    if (!gone && gone.error().remedy == Remedy::kRetryLater) co_return failed(gone.error());
  }
  close_selected();
  ok("closed");
}

Task<void> Session::run_command(imap::Unselect /*command*/) {
  close_selected();
  ok("unselected");
  co_return;
}

}  // namespace hikyaku::imap_server
