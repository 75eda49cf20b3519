// SPDX-License-Identifier: Apache-2.0
// What a client missed while it was away (RFC 7162 §3.2.5, §3.2.6), and where it stands.
#include <algorithm>
#include <vector>

#include "protocol/imap/response/mailbox.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {
namespace {

constexpr std::size_t kChangesPerRead = 1000;

/// UIDs that were given and that no message shown has: only these may be told of as vanished
/// (§3.2.10.2 forbids those that the client still counts or never heard of).
imap::NumberSet absent_uids(const mailbox::View& shown) {
  imap::NumberSet out;
  std::uint32_t next = 1;
  shown.index->for_each(0, shown.index->size(), [&](std::size_t, const mailbox::Entry& entry) {
    if (entry.uid.value > next) out.add(next, entry.uid.value - 1);
    next = entry.uid.value + 1;
  });
  if (shown.info->uid_next.value > next) out.add(next, shown.info->uid_next.value - 1);
  return out;
}

/// Calls visit(number, uid) for the pairs of two ascending sets, until it returns false.
template <class Visit>
void for_each_pair(const imap::NumberSet& numbers, const imap::NumberSet& uids, Visit visit) {
  auto uid_range = uids.ranges().begin();
  std::uint32_t uid = uids.empty() ? 0 : uid_range->first;
  for (const auto& range : numbers.ranges()) {
    for (std::uint32_t number = range.first;; ++number) {
      if (uid_range == uids.ranges().end() || !visit(number, uid)) return;
      if (uid == uid_range->last) {
        if (++uid_range != uids.ranges().end()) uid = uid_range->first;
      } else {
        ++uid;
      }
      if (number == range.last) break;
    }
  }
}

/// §3.2.5.2: the UID up to which the client knows of all that is gone, by the numbers that it gave.
std::uint32_t known_up_to(const mailbox::Index& index, const imap::Select::QResync& known) {
  if (!known.known_numbers || !known.numbers_uids) return 0;
  std::uint32_t matched = 0;
  // What does not match ends it, so that a set of any size costs no more than the mailbox.
  for_each_pair(known.known_numbers->resolve(0), known.numbers_uids->resolve(0),
                [&](std::uint32_t number, std::uint32_t uid) {
                  if (number > index.size() || index.at(number - 1).uid.value != uid) return false;
                  matched = uid;
                  return true;
                });
  return matched;
}

}  // namespace

void Session::enable(imap::Feature feature) {
  const bool was_aware = state_.has(imap::Feature::kCondStore);
  state_.enable(feature);
  if (!was_aware && state_.has(imap::Feature::kCondStore))
    tell_highest_mod_seq("mod-sequences are told from here on");
}

// RFC 7162 §3.1.2.1. Of what is shown: all changes up to it have been told.
void Session::tell_highest_mod_seq(std::string_view text) {
  if (!selected_ || selected_->gone) return;
  imap::append_status(out_, {}, imap::Condition::kOk,
                      imap::highest_mod_seq_code(selected_->shown.info->highest_modseq), text);
}

Task<imap::NumberSet> Session::vanished_since(ModSeq since, imap::NumberSet asked) {
  const auto newest = selected_->shown.info->highest_modseq;
  if (since >= newest) co_return imap::NumberSet();
  const auto absent = absent_uids(selected_->shown).intersect(asked);
  if (absent.empty()) co_return imap::NumberSet();
  std::vector<imap::NumberSet::Range> gone;
  for (auto from = since; from < newest;) {
    const auto changes = co_await account_->changes(from, kChangesPerRead);
    // §3.2.6: where the log does not reach back, all that is not there counts.
    if (!changes) co_return absent;
    if (changes->empty()) break;
    for (const auto& change : *changes) {
      from = change.modseq;
      if (change.mailbox != selected_->id() || change.kind != mailbox::Change::Kind::kExpunged)
        continue;
      for (const auto uid : change.uids) gone.push_back({uid.value, uid.value});
    }
  }
  co_return imap::NumberSet(std::move(gone)).intersect(absent);
}

// RFC 7162 §3.2.5.1.
Task<void> Session::tell_resync(imap::Select::QResync known) {
  const auto& shown = selected_->shown;
  if (known.uid_validity != shown.info->uid_validity || shown.info->uid_next.value <= 1) co_return;
  const auto largest = shown.info->uid_next.value - 1;
  const auto asked =
      known.known_uids ? known.known_uids->resolve(largest) : imap::NumberSet({{1, largest}});
  const auto matched = known_up_to(*shown.index, known);
  if (matched < largest) {
    const auto vanished = co_await vanished_since(
        ModSeq(known.mod_seq), asked.intersect(imap::NumberSet({{matched + 1, largest}})));
    if (!vanished.empty()) imap::append_vanished(out_, imap::VanishedKind::kEarlier, vanished);
  }
  std::vector<std::size_t> changed;
  shown.index->for_each(0, shown.index->size(),
                        [&](std::size_t position, const mailbox::Entry& entry) {
                          if (entry.modseq.value > known.mod_seq && asked.contains(entry.uid.value))
                            changed.push_back(position);
                        });
  for (const auto position : changed) {
    tell_flags(position);
    if (!co_await flush_some()) co_return;
  }
}

}  // namespace hikyaku::imap_server
