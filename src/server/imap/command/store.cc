// SPDX-License-Identifier: Apache-2.0
// STORE (RFC 9051 §6.4.6; RFC 7162 §3.1.3).
#include <algorithm>
#include <iterator>

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

/// Whether `now` is what a client that knew `before` takes the message to be after its STORE.
bool is_as_asked(const mailbox::Entry& before, const mailbox::Entry& now,
                 const imap::Store& command, std::uint64_t keywords) {
  const std::uint32_t flags = command.flags.system.bits & mailbox::kAllFlags;
  switch (command.change) {
    case imap::Store::Change::kAdd:
      return now.flags == (before.flags | flags) && now.keywords == (before.keywords | keywords);
    case imap::Store::Change::kRemove:
      return now.flags == (before.flags & ~flags) && now.keywords == (before.keywords & ~keywords);
    case imap::Store::Change::kReplace: break;
  }
  return now.flags == flags && now.keywords == keywords;
}

}  // namespace

// The client knows what a silent STORE did, if nobody else changed the same message.
void Session::tell_stored(const imap::Store& command, const mailbox::View& view,
                          const mailbox::FlagsResult& result, const Positions& asked) {
  const auto before = selected_->shown.index;
  const auto difference = advance_but_gone(view);
  const bool silent = command.reply == imap::Store::Reply::kSilent;
  const bool mod_seq = state_.has(imap::Feature::kCondStore);
  const auto& changed = result.changed;
  auto own = changed.begin();
  for (const auto position : difference.changed) {
    const auto& entry = selected_->index().at(position);
    while (own != changed.end() && *own < entry.uid) ++own;
    const bool is_own = own != changed.end() && *own == entry.uid;
    if (silent && is_own && !mod_seq &&
        is_as_asked(before->at(position), entry, command, result.keywords))
      continue;
    tell_flags(position);
  }
  // Messages that had these flags already are told of too (RFC 9051 §6.4.6), and with
  // UNCHANGEDSINCE even by a silent STORE, so that the client has the right mod-sequences, and
  // sees why some were refused (RFC 7162 §3.1.3). Of those that are gone there is nothing to tell.
  if (!silent || command.unchanged_since) {
    std::vector<std::size_t> passed;
    std::ranges::merge(difference.changed, difference.gone, std::back_inserter(passed));
    auto next = passed.begin();
    for (const auto& stretch : asked.stretches)
      for (auto position = stretch.begin; position < stretch.end; ++position) {
        while (next != passed.end() && *next < position) ++next;
        if (next == passed.end() || *next != position) tell_flags(position);
      }
  }
  if (!difference.changed.empty()) tell_held_back(difference);
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
  std::optional<mailbox::Unchanged> unchanged;
  if (command.unchanged_since)
    unchanged = mailbox::Unchanged{ModSeq(*command.unchanged_since), selected_->shown.index};
  const auto result = co_await account_->change_flags(
      selected_->id(), uids_at(*positions), change_of(command.change), command.flags.system.bits,
      command.flags.keywords, std::move(unchanged));
  if (!result) co_return failed(result.error());
  const auto view = co_await account_->view(selected_->id());
  if (!view) co_return failed(view.error());
  const auto index = selected_->shown.index;
  tell_stored(command, *view, *result, *positions);
  if (result->refused.empty()) {
    ok("stored");
  } else {
    ok("some messages were changed by others, and are as they were",
       imap::modified_code(as_addressed(result->refused, *index, command.addressing)));
  }
}

}  // namespace hikyaku::imap_server
