// SPDX-License-Identifier: Apache-2.0
// SELECT, EXAMINE (RFC 9051 §6.3.2), CLOSE, UNSELECT (§6.4.1).
#include "protocol/imap/response/mailbox.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {
namespace {

constexpr std::size_t kChangesPerRead = 1000;

/// Message number of the first message without \Seen; 0 when there is none.
std::uint32_t first_unseen(const mailbox::View& view) {
  if (view.info->unseen == 0) return 0;
  std::uint32_t found = 0;
  view.index->for_each(0, view.index->size(),
                       [&](std::size_t position, const mailbox::Entry& entry) {
                         if (found == 0 && (entry.flags & mailbox::kSeen) == 0)
                           found = static_cast<std::uint32_t>(position + 1);
                       });
  return found;
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

Task<Status> Session::vanished_since(ModSeq since, imap::NumberSet* uids) {
  std::vector<imap::NumberSet::Range> ranges;
  for (auto from = since;;) {
    auto changes = co_await account_->changes(from, kChangesPerRead);
    if (!changes) co_return std::unexpected(std::move(changes).error());
    if (changes->empty()) break;
    for (const auto& change : *changes) {
      from = change.modseq;
      if (change.mailbox != selected_->id() || change.kind != mailbox::Change::Kind::kExpunged)
        continue;
      for (const auto uid : change.uids) ranges.push_back({uid.value, uid.value});
    }
  }
  *uids = imap::NumberSet(std::move(ranges));
  co_return Status{};
}

// RFC 7162 §3.2.5: what the client missed since it was here last.
Task<void> Session::tell_resync(imap::Select::QResync known) {
  if (known.uid_validity != selected_->shown.info->uid_validity) co_return;
  imap::NumberSet vanished;
  const auto read = co_await vanished_since(ModSeq(known.mod_seq), &vanished);
  const auto& index = selected_->index();
  const auto largest = index.empty() ? 0U : index.at(index.size() - 1).uid.value;
  const auto known_uids =
      known.known_uids
          ? known.known_uids->resolve(largest)
          : imap::NumberSet({{1, std::max(1U, selected_->shown.info->uid_next.value - 1)}});
  if (!read) {
    // The log does not go back so far: every UID that is not there counts as vanished (§3.2.5.1).
    vanished = {};
    std::uint32_t next = 1;
    index.for_each(0, index.size(), [&](std::size_t, const mailbox::Entry& entry) {
      if (entry.uid.value > next) vanished.add(next, entry.uid.value - 1);
      next = entry.uid.value + 1;
    });
    if (selected_->shown.info->uid_next.value > next)
      vanished.add(next, selected_->shown.info->uid_next.value - 1);
  }
  vanished = vanished.intersect(known_uids);
  if (!vanished.empty()) imap::append_vanished(out_, imap::VanishedKind::kEarlier, vanished);
  std::vector<std::size_t> changed;
  index.for_each(0, index.size(), [&](std::size_t position, const mailbox::Entry& entry) {
    if (entry.modseq.value > known.mod_seq && known_uids.contains(entry.uid.value))
      changed.push_back(position);
  });
  for (const auto position : changed) {
    tell_flags(position);
    if (!co_await flush_some()) co_return;
  }
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
