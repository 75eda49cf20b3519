// SPDX-License-Identifier: Apache-2.0
// STORE (RFC 9051 §6.4.6; RFC 7162 §3.1.3).
#include "protocol/imap/response/fetch.h"
#include "protocol/imap/response/mailbox.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {
namespace {

mailbox::FlagChange change_of(imap::Store::Change change) {
  switch (change) {
    case imap::Store::Change::kAdd: return mailbox::FlagChange::kAdd;
    case imap::Store::Change::kRemove: return mailbox::FlagChange::kRemove;
    case imap::Store::Change::kReplace: break;
  }
  return mailbox::FlagChange::kSet;
}

/// MODIFIED names messages as the command did.
imap::NumberSet as_addressed(const std::vector<Uid>& uids, const mailbox::Index& index,
                             imap::Addressing addressing) {
  imap::NumberSet out;
  for (const auto uid : uids) {
    if (addressing == imap::Addressing::kUid) {
      out.add(uid.value);
    } else if (const auto position = index.find(uid)) {
      out.add(static_cast<std::uint32_t>(*position + 1));
    }
  }
  return out;
}

}  // namespace

// Message numbers stay as they are: only what was asked for is told, by the old numbers.
void Session::tell_stored_before_gone(const imap::Store& command, const mailbox::View& view,
                                      const std::vector<Uid>& changed) {
  const bool mod_seq = state_.has(imap::Feature::kCondStore);
  if (command.reply == imap::Store::Reply::kFlags || mod_seq)
    for (const auto uid : changed)
      if (const auto position = selected_->index().find(uid)) tell_entry(*position, view, uid);
  // RFC 7162 §3.2: the mod-sequences just told are above those of messages whose end is not told
  // yet; without this the client would never ask for them after a lost connection.
  if (mod_seq) tell_highest_mod_seq("what is expunged is told later");
}

// The client knows what a silent STORE did, if nobody else changed the same flags.
void Session::tell_stored(const imap::Store& command, const mailbox::View& view,
                          const std::vector<Uid>& changed, const Positions& asked) {
  const auto before = selected_->shown.index;
  const auto difference = mailbox::difference(*before, *view.index);
  if (!difference.gone.empty()) return tell_stored_before_gone(command, view, changed);
  const bool silent = command.reply == imap::Store::Reply::kSilent;
  const bool mod_seq = state_.has(imap::Feature::kCondStore);
  const auto keywords_known = selected_->keywords_told;
  selected_->shown = view;
  if (view.info->keywords.size() > keywords_known) tell_keywords();
  if (difference.added != 0)
    imap::append_exists(out_, static_cast<std::uint32_t>(view.index->size()));
  auto own = changed.begin();
  for (const auto position : difference.changed) {
    const auto& entry = view.index->at(position);
    while (own != changed.end() && *own < entry.uid) ++own;
    const bool is_own = own != changed.end() && *own == entry.uid;
    if (silent && is_own && !mod_seq) continue;
    tell_flags(position);
  }
  // Messages that had these flags already are told of too (RFC 9051 §6.4.6), and with
  // UNCHANGEDSINCE even by a silent STORE, so that the client has the right mod-sequences, and
  // sees why some were refused (RFC 7162 §3.1.3).
  if (silent && !command.unchanged_since) return;
  auto told = difference.changed.begin();
  for (const auto& stretch : asked.stretches)
    for (auto position = stretch.begin; position < stretch.end; ++position) {
      while (told != difference.changed.end() && *told < position) ++told;
      if (told == difference.changed.end() || *told != position) tell_flags(position);
    }
}

void Session::tell_entry(std::size_t position, const mailbox::View& view, Uid uid) {
  const auto now = view.index->find(uid);
  if (!now) return;
  const auto& entry = view.index->at(*now);
  imap::FetchWriter writer(out_, static_cast<std::uint32_t>(position + 1));
  writer.uid(uid);
  writer.flags(imap::SystemFlags(static_cast<std::uint8_t>(entry.flags)),
               keyword_names(entry.keywords));
  if (state_.has(imap::Feature::kCondStore)) writer.mod_seq(entry.modseq);
  writer.finish();
}

Task<void> Session::run_command(imap::Store command) {
  if (selected_->read_only()) {
    no("the mailbox is open for reading only", "READ-ONLY");
    co_return;
  }
  const auto positions = resolve(command.messages, command.addressing);
  if (!positions) {
    bad("there is no message of that number");
    co_return;
  }
  if (command.unchanged_since) enable(imap::Feature::kCondStore);
  std::optional<ModSeq> unchanged_since;
  if (command.unchanged_since) unchanged_since = ModSeq(*command.unchanged_since);
  const auto result = co_await account_->change_flags(
      selected_->id(), uids_at(*positions), change_of(command.change), command.flags.system.bits,
      command.flags.keywords, unchanged_since);
  if (!result) co_return failed(result.error());
  const auto view = co_await account_->view(selected_->id());
  if (!view) co_return failed(view.error());
  const auto index = selected_->shown.index;
  tell_stored(command, *view, result->changed, *positions);
  if (result->refused.empty()) {
    ok("stored");
  } else {
    ok("some messages were changed by others, and are as they were",
       imap::modified_code(as_addressed(result->refused, *index, command.addressing)));
  }
}

}  // namespace hikyaku::imap_server
