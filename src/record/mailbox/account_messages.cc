// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "record/mailbox/account.h"
#include "record/mailbox/keys.h"

namespace hikyaku::mailbox {
namespace {

std::unexpected<Error> gone() { return permanent("there is no such mailbox any more"); }

template <class T>
void sort_unique(std::vector<T>& values) {
  if (!std::ranges::is_sorted(values)) std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
}

/// Positions of those UIDs that are there. Both rise.
std::vector<std::size_t> positions_of(const Index& index, std::span<const Uid> uids) {
  std::vector<std::size_t> out;
  out.reserve(uids.size());
  Index::Cursor cursor(index);
  std::size_t at = 0;
  for (const Uid uid : uids) {
    // Mostly the next one: the search is for gaps.
    if (at >= index.size() || cursor.at(at).uid != uid) at = index.lower_bound(uid);
    if (at < index.size() && cursor.at(at).uid == uid) out.push_back(at++);
  }
  return out;
}

/// Positions for one commit, and how many of `uids` that settles.
std::vector<std::size_t> positions_for_step(const Index& index, std::span<const Uid> uids,
                                            std::size_t& done) {
  auto positions = positions_of(index, uids);
  const std::size_t count = step_of(index, positions);
  done = uids.size();
  if (count < positions.size()) {
    const Uid next = index.at(positions[count]).uid;
    done = static_cast<std::size_t>(std::ranges::lower_bound(uids, next) - uids.begin());
    positions.resize(count);
  }
  return positions;
}

void keep_deleted(const Index& index, std::vector<std::size_t>& positions) {
  Index::Cursor cursor(index);
  std::erase_if(positions, [&](std::size_t p) { return (cursor.at(p).flags & kDeleted) == 0; });
}

struct FlagsWanted {
  FlagChange change;
  std::uint32_t flags;
  std::uint64_t keywords;
};

Entry changed(Entry entry, const FlagsWanted& wanted) {
  switch (wanted.change) {
    case FlagChange::kSet:
      entry.flags = wanted.flags;
      entry.keywords = wanted.keywords;
      break;
    case FlagChange::kAdd:
      entry.flags |= wanted.flags;
      entry.keywords |= wanted.keywords;
      break;
    case FlagChange::kRemove:
      entry.flags &= ~wanted.flags;
      entry.keywords &= ~wanted.keywords;
      break;
  }
  return entry;
}

/// RFC 7162 §3.1.3, §3.1.12.
bool is_refused(const Entry& entry, const FlagsWanted& wanted, const Unchanged& unchanged) {
  if (entry.modseq <= unchanged.since) return false;
  if (wanted.change == FlagChange::kSet || !unchanged.told) return true;
  const auto position = unchanged.told->find(entry.uid);
  if (!position) return true;
  // Only what the client was told and had when it named `since` is what it knows.
  const Entry& told = unchanged.told->at(*position);
  return told.modseq > unchanged.since || ((told.flags ^ entry.flags) & wanted.flags) != 0 ||
         ((told.keywords ^ entry.keywords) & wanted.keywords) != 0;
}

/// A part of a STORE that fits one commit.
struct FlagsStep {
  std::span<const Uid> uids;
  std::size_t done = 0;  ///< how many of `uids` this step settled
  FlagsResult result;
};

Result<Built> build_flags(Draft& draft, MailboxId mailbox, FlagsWanted wanted,
                          std::span<const std::string> keywords,
                          const std::optional<Unchanged>& unchanged, FlagsStep& step) {
  const Box* box = draft.box(mailbox);
  if (box == nullptr) return gone();
  if (!box->index) return Built::need_index(mailbox);
  const auto index = box->index;
  const auto positions = positions_for_step(*index, step.uids, step.done);
  const auto bits = wanted.change == FlagChange::kRemove ? draft.known_keywords(mailbox, keywords)
                                                         : draft.keywords(mailbox, keywords);
  if (!bits.all_fit)
    return permanent(fmt::format("a mailbox knows at most {} keywords of {} octets", kKeywordsMax,
                                 kKeywordOctetsMax));
  wanted.keywords = bits.bits;
  step.result = {};
  step.result.keywords = bits.bits;
  std::vector<Replacement> replacements;
  replacements.reserve(positions.size());
  step.result.changed.reserve(positions.size());
  Index::Cursor cursor(*index);
  for (const std::size_t position : positions) {
    const Entry& entry = cursor.at(position);
    if (unchanged && is_refused(entry, wanted, *unchanged)) {
      step.result.refused.push_back(entry.uid);
      continue;
    }
    Entry now = changed(entry, wanted);
    if (now == entry) continue;
    replacements.push_back({position, now});
    step.result.changed.push_back(entry.uid);
  }
  if (replacements.empty()) return Built::nothing();
  draft.replace(mailbox, replacements);
  return Built::commit();
}

}  // namespace

Task<Result<FlagsResult>> AccountImpl::change_flags(MailboxId mailbox, std::vector<Uid> uids,
                                                    FlagChange how, std::uint32_t flags,
                                                    std::vector<std::string> keywords,
                                                    std::optional<Unchanged> unchanged) {
  sort_unique(uids);
  FlagsResult all;
  std::span<const Uid> rest(uids);
  do {
    FlagsStep step{rest, 0, {}};
    HK_CO_TRY(co_await change([&](Draft& draft) {
      return build_flags(draft, mailbox, {how, flags & kAllFlags, 0}, keywords, unchanged, step);
    }));
    rest = rest.subspan(step.done);
    all.keywords |= step.result.keywords;
    all.changed.insert(all.changed.end(), step.result.changed.begin(), step.result.changed.end());
    all.refused.insert(all.refused.end(), step.result.refused.begin(), step.result.refused.end());
  } while (!rest.empty());
  co_return all;
}

/// Reads, before the lock, what erasing these messages will need. They are published, so that the
/// store has them.
Task<Result<AccountImpl::Candidates>> AccountImpl::candidates(View view,
                                                              std::vector<std::size_t> positions) {
  positions.resize(step_of(*view.index, positions));
  Candidates out;
  std::vector<MessageId> ids;
  ids.reserve(positions.size());
  out.uids.reserve(positions.size());
  for (const std::size_t position : positions) {
    out.uids.push_back(view.index->at(position).uid);
    ids.push_back(view.index->at(position).message);
  }
  HK_CO_ASSIGN(out.heads, co_await heads(std::move(ids)));
  co_return out;
}

Result<Built> AccountImpl::build_expunge(Draft& draft, MailboxId mailbox,
                                         const Candidates& candidates, Expunge which,
                                         std::vector<Uid>* gone_uids) {
  const Box* box = draft.box(mailbox);
  if (box == nullptr) return gone();
  if (!box->index) return Built::need_index(mailbox);
  const auto index = box->index;
  gone_uids->clear();
  auto positions = positions_of(*index, candidates.uids);
  if (which == Expunge::kDeletedOnly) keep_deleted(*index, positions);
  // An index in which others folded meanwhile may spread these over more chunks.
  positions.resize(step_of(*index, positions));
  if (positions.empty()) return Built::nothing();
  draft.remove(mailbox, positions);
  for (const std::size_t position : positions) {
    const Entry& entry = index->at(position);
    gone_uids->push_back(entry.uid);
    const auto head = candidates.heads.find(entry.message);
    draft.drop_reference(entry.message,
                         head == candidates.heads.end() ? MessageHead{} : head->second);
  }
  return Built::commit();
}

Task<Result<std::vector<Uid>>> AccountImpl::expunge_some(MailboxId mailbox,
                                                         std::optional<std::vector<Uid>> uids,
                                                         Expunge which) {
  if (uids) sort_unique(*uids);
  std::vector<Uid> all;
  std::uint32_t after = 0;  // the last UID that was looked at
  for (;;) {
    HK_CO_ASSIGN(const View now, co_await view(mailbox));
    std::vector<std::size_t> positions;
    if (uids) {
      const auto first = std::ranges::upper_bound(*uids, Uid(after));
      positions = positions_of(*now.index, {first, uids->end()});
      if (which == Expunge::kDeletedOnly) keep_deleted(*now.index, positions);
    } else {
      const std::size_t begin = now.index->lower_bound(Uid(after + 1));
      now.index->for_each(begin, now.index->size(), [&](std::size_t position, const Entry& entry) {
        if ((entry.flags & kDeleted) != 0) positions.push_back(position);
      });
    }
    if (positions.empty()) co_return all;
    HK_CO_ASSIGN(const Candidates step, co_await candidates(now, std::move(positions)));
    std::vector<Uid> gone_uids;
    HK_CO_TRY(co_await change(
        [&](Draft& draft) { return build_expunge(draft, mailbox, step, which, &gone_uids); }));
    all.insert(all.end(), gone_uids.begin(), gone_uids.end());
    after = (gone_uids.empty() ? step.uids : gone_uids).back().value;
  }
}

Task<Result<std::vector<Uid>>> AccountImpl::expunge(MailboxId mailbox,
                                                    std::optional<std::vector<Uid>> uids) {
  co_return co_await expunge_some(mailbox, std::move(uids), Expunge::kDeletedOnly);
}

Task<Result<std::vector<Uid>>> AccountImpl::erase(MailboxId mailbox, std::vector<Uid> uids) {
  co_return co_await expunge_some(mailbox, std::move(uids), Expunge::kAll);
}

namespace {

/// Keyword bits of one mailbox as bits of another's table; those that find no room are dropped,
/// which is better than not to copy.
class KeywordMap {
 public:
  KeywordMap(Draft& draft, const Info& from, MailboxId to) : draft_(draft), from_(from), to_(to) {}

  std::uint64_t operator()(std::uint64_t bits) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; bits != 0; ++i, bits >>= 1)
      if ((bits & 1) != 0 && i < from_.keywords.size()) out |= of(i);
    return out;
  }

 private:
  std::uint64_t of(std::size_t i) {
    if (!known_[i]) known_[i] = draft_.keywords(to_, {&from_.keywords[i], 1}).bits;
    return *known_[i];
  }

  Draft& draft_;
  const Info from_;
  MailboxId to_;
  std::array<std::optional<std::uint64_t>, kKeywordsMax> known_{};
};

}  // namespace

Result<Built> AccountImpl::build_transfer(Draft& draft, MailboxId from, MailboxId to, Transfer how,
                                          TransferStep& step) {
  const Box* source = draft.box(from);
  const Box* target = draft.box(to);
  if (source == nullptr || target == nullptr || !target->info->selectable) return gone();
  if (!source->index) return Built::need_index(from);
  if (!target->index) return Built::need_index(to);
  const auto index = source->index;
  const auto positions = positions_for_step(*index, step.uids, step.done);
  step.result = {target->info->uid_validity, {}, {}};
  if (positions.empty()) return Built::nothing();
  KeywordMap keywords(draft, *source->info, to);
  std::vector<Entry> entries;
  entries.reserve(positions.size());
  for (const std::size_t position : positions) {
    Entry entry = index->at(position);
    step.result.from.push_back(entry.uid);
    if (from != to) entry.keywords = keywords(entry.keywords);
    if (how == Transfer::kCopy) draft.add_reference(entry.message);
    entries.push_back(entry);
  }
  if (how == Transfer::kMove) draft.remove(from, positions);
  draft.add_all(to, entries);
  for (const auto& entry : entries) step.result.to.push_back(entry.uid);
  return Built::commit();
}

Task<Result<CopyResult>> AccountImpl::transfer(MailboxId from, std::vector<Uid> uids, MailboxId to,
                                               Transfer how) {
  sort_unique(uids);
  CopyResult all;
  std::span<const Uid> rest(uids);
  do {
    TransferStep step{rest, 0, {}};
    auto made =
        co_await change([&](Draft& draft) { return build_transfer(draft, from, to, how, step); });
    if (!made) {
      // RFC 9051 §6.4.7: a COPY happens wholly or not at all.
      if (how == Transfer::kCopy && !all.to.empty())
        ignore(co_await erase(to, all.to), "the first error is the one to tell");
      co_return std::unexpected(std::move(made).error());
    }
    rest = rest.subspan(step.done);
    all.uid_validity = step.result.uid_validity;
    all.from.insert(all.from.end(), step.result.from.begin(), step.result.from.end());
    all.to.insert(all.to.end(), step.result.to.begin(), step.result.to.end());
  } while (!rest.empty());
  co_return all;
}

Task<Result<CopyResult>> AccountImpl::copy(MailboxId from, std::vector<Uid> uids, MailboxId to) {
  co_return co_await transfer(from, std::move(uids), to, Transfer::kCopy);
}

Task<Result<CopyResult>> AccountImpl::move(MailboxId from, std::vector<Uid> uids, MailboxId to) {
  co_return co_await transfer(from, std::move(uids), to, Transfer::kMove);
}

}  // namespace hikyaku::mailbox
