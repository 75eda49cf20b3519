// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/account.h"

#include <fmt/format.h>

#include "record/mailbox/chunk_codec.h"
#include "record/mailbox/keys.h"
#include "record/mailbox/name.h"

namespace hikyaku::mailbox {
namespace {

constexpr std::size_t kScanRecords = 20'000;
constexpr int kAttempts = 10;

/// The UID after the last one of a stored chunk; that of its key when it is damaged.
Uid after_chunk(const store::KeyValue& record) {
  const auto parsed = key::parse(record.key);
  if (!parsed) return Uid(0);
  const auto chunk = decode_chunk(parsed->uid, record.value);
  return chunk ? Uid((*chunk)->entries.back().uid.value + 1) : parsed->uid;
}

std::unexpected<Error> busy() {
  return retry_later("the mailbox changes too fast for a consistent read; try again");
}

}  // namespace

std::uint64_t Shared::next_stamp() { return stamp_base + stamps.fetch_add(1); }

std::uint32_t Shared::now_s() const {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch());
  return static_cast<std::uint32_t>(now.count());
}

/// Everything under `A account`, from one snapshot: when it takes several scans, the account's
/// record, which every change rewrites, tells whether something happened between them.
Task<Result<std::optional<LoadedState>>> AccountImpl::read_state() {
  const std::string begin = key::account(id_);
  const std::string end = store::prefix_end(begin);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    HK_CO_ASSIGN(auto records, co_await shared_.store.scan(begin, end, kScanRecords));
    if (records.empty() || records.front().key != begin) {
      if (records.empty()) co_return std::nullopt;
      co_return retry_later(
          fmt::format("account {} has no mail record; run `hikyaku store check`", id_.value));
    }
    const bool whole = records.size() < kScanRecords;
    for (bool more = !whole; more;) {
      std::string after = records.back().key + '\0';
      HK_CO_ASSIGN(auto next, co_await shared_.store.scan(std::move(after), end, kScanRecords));
      more = next.size() == kScanRecords;
      std::ranges::move(next, std::back_inserter(records));
    }
    if (!whole) {
      HK_CO_ASSIGN(const auto now, co_await store::get_one(&shared_.store, begin));
      if (now != records.front().value) continue;
    }
    HK_CO_ASSIGN(auto loaded, load_state(records));
    co_return std::optional(std::move(loaded));
  }
  co_return busy();
}

void AccountImpl::install(LoadedState loaded) {
  // What did not change keeps its index: equal modseqs of durable states mean equal messages.
  for (auto& [id, box] : loaded.state.boxes) {
    const auto before = published_.boxes.find(id);
    if (before == published_.boxes.end() || !before->second.index) continue;
    const Info& old = *before->second.info;
    if (old.highest_modseq == box.info->highest_modseq &&
        old.uid_validity == box.info->uid_validity)
      box.index = before->second.index;
  }
  published_ = loaded.state;
  submitted_ = std::move(loaded.state);
  references_ = std::move(loaded.references);
  stale_ = false;
}

/// Makes the states in memory usable.
Task<Status> AccountImpl::settle() {
  for (;;) {
    bool mine = false;
    std::uint64_t epoch = 0;
    {
      const std::lock_guard lock(mutex_);
      if (!stale_) co_return Status{};
      mine = reading_.begin();
      epoch = epoch_;
    }
    if (!mine) {
      co_await reading_.wait(mutex_);
      continue;
    }
    auto loaded = co_await read_state();
    Flight::Waiters waiters;
    {
      const std::lock_guard lock(mutex_);
      waiters = reading_.landed();
      if (loaded && *loaded && !(*loaded)->state.account.removed && epoch == epoch_)
        install(std::move(**loaded));
    }
    Flight::wake(waiters);
    if (!loaded) co_return std::unexpected(std::move(loaded).error());
    if (!*loaded || (*loaded)->state.account.removed)
      co_return permanent(fmt::format("account {} was removed", id_.value));
  }
}

void AccountImpl::break_chain(std::uint64_t epoch) {
  if (epoch != epoch_) return;  // somebody saw it before
  ++epoch_;
  stale_ = true;
  in_flight_.clear();
  loading_.clear();
}

void AccountImpl::forget() {
  const std::lock_guard lock(mutex_);
  break_chain(epoch_);
  published_ = {};
}

Task<Result<AccountImpl::Opened>> AccountImpl::open() {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    {
      const std::lock_guard lock(mutex_);
      if (!stale_) co_return Opened::kWasOpen;
    }
    HK_CO_ASSIGN(const auto found, co_await store::get_one(&shared_.store, key::account(id_)));
    if (found) {
      HK_CO_ASSIGN(const auto record, decode_account(*found));
      if (record.removed)
        co_return retry_later(fmt::format("account {} is being removed", id_.value));
      HK_CO_TRY(co_await settle());
      co_return Opened::kLoaded;
    }
    State none;
    const References no_references;
    Draft draft(id_, none, no_references, shared_.next_stamp(), shared_.now_s());
    draft.make(std::string(kInbox), {}, SpecialUse::kNone);
    draft.info(kInboxId).subscribed = true;
    store::Txn txn;
    draft.finish(txn);
    txn.checks.clear();
    txn.check(key::account(id_), std::nullopt);
    const auto made = co_await shared_.store.submit(std::move(txn));
    if (made.outcome == store::Outcome::kFailed)
      co_return std::unexpected(made.failure("making INBOX"));
    // Committed, or somebody else was faster, or unknown: look again.
  }
  co_return busy();
}

/// All chunks, then the tail above them. In two reads, which saves walking over the graves of all
/// tail entries that were folded: between them only additions can happen, which go to the tail,
/// unless another machine is at work, which the counts tell.
Task<Result<std::vector<store::KeyValue>>> AccountImpl::read_index(MailboxId mailbox) {
  std::vector<store::KeyValue> records;
  std::string begin = key::chunk(id_, mailbox, Uid(0));
  std::string end = key::tail(id_, mailbox, Uid(0));
  for (bool chunks = true;;) {
    HK_CO_ASSIGN(auto page, co_await shared_.store.scan(begin, end, kScanRecords));
    const bool last = page.size() < kScanRecords;
    if (!page.empty()) begin = page.back().key + '\0';
    std::ranges::move(page, std::back_inserter(records));
    if (!last) continue;
    if (!std::exchange(chunks, false)) co_return records;
    begin = key::tail(id_, mailbox, records.empty() ? Uid(0) : after_chunk(records.back()));
    end = store::prefix_end(key::index(id_, mailbox));
  }
}

Task<Status> AccountImpl::load_index(MailboxId mailbox) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    HK_CO_TRY(co_await settle());
    std::shared_ptr<Loading> loading;
    std::uint64_t epoch = 0;
    bool mine = false;
    {
      const std::lock_guard lock(mutex_);
      const auto box = published_.boxes.find(mailbox);
      // A mailbox that is not yet published has its index from the start.
      if (box == published_.boxes.end() || box->second.index) co_return Status{};
      auto& place = loading_[mailbox];
      if (!place) place = std::make_shared<Loading>();
      loading = place;
      mine = loading->flight.begin();
      if (mine) loading->again = attempt > 0;
      epoch = epoch_;
    }
    if (!mine) {
      co_await loading->flight.wait(mutex_);
      continue;
    }
    auto records = co_await read_index(mailbox);
    Status taken;
    Flight::Waiters waiters;
    {
      const std::lock_guard lock(mutex_);
      if (records) taken = take_index(mailbox, epoch, *loading, *records);
      waiters = loading->flight.landed();
      if (const auto place = loading_.find(mailbox);
          place != loading_.end() && place->second == loading)
        loading_.erase(place);
    }
    Flight::wake(waiters);
    if (!records) co_return std::unexpected(std::move(records).error());
    HK_CO_TRY(std::move(taken));
    shared_.on_index_loaded();
  }
  co_return busy();
}

namespace {

/// The index as the store has it.
Result<Index> decode_index(const std::vector<store::KeyValue>& records, Uid below) {
  std::vector<Index::ChunkPtr> chunks;
  std::vector<Entry> tail;
  for (const auto& record : records) {
    const auto parsed = key::parse(record.key);
    if (!parsed) return retry_later("an index key is damaged; run `hikyaku store check`");
    if (parsed->uid >= below) continue;  // committed, but not yet published
    if (parsed->kind == key::kChunk) {
      HK_ASSIGN(auto chunk, decode_chunk(parsed->uid, record.value));
      const bool rising =
          chunks.empty() || chunks.back()->entries.back().uid < chunk->entries.front().uid;
      if (!rising) return retry_later("an index is out of order; run `hikyaku store check`");
      chunks.push_back(std::move(chunk));
    } else {
      HK_ASSIGN(auto entry, decode_tail_entry(parsed->uid, record.value));
      // A tail entry that a chunk holds already is left over from damage; the chunk is right.
      if (!chunks.empty() && entry.uid <= chunks.back()->entries.back().uid) continue;
      tail.push_back(entry);
    }
  }
  return Index(std::move(chunks), std::move(tail));
}

struct Counts {
  std::uint32_t messages = 0, unseen = 0, deleted = 0;
  std::uint64_t octets = 0;
};

Counts count(const Index& index) {
  Counts out;
  index.for_each(0, index.size(), [&](std::size_t, const Entry& entry) {
    ++out.messages;
    out.unseen += (entry.flags & kSeen) == 0 ? 1 : 0;
    out.deleted += (entry.flags & kDeleted) != 0 ? 1 : 0;
    out.octets += entry.size;
  });
  return out;
}

bool counts_agree(const Index& index, const Info& info) {
  const Counts counted = count(index);
  return counted.messages == info.messages && counted.unseen == info.unseen &&
         counted.deleted == info.deleted && counted.octets == info.octets;
}

void extend(Index& index, const Entry& entry) {
  if (index.empty() || index.at(index.size() - 1).uid < entry.uid) index = index.with(entry);
}

}  // namespace

/// Lays what happened meanwhile over what was read. Only additions can have happened: all other
/// changes need the index.
Status AccountImpl::take_index(MailboxId mailbox, std::uint64_t epoch, const Loading& loading,
                               const std::vector<store::KeyValue>& records) {
  if (epoch != epoch_) return {};  // the caller looks again
  const auto published = published_.boxes.find(mailbox);
  if (published == published_.boxes.end()) return {};
  HK_ASSIGN(Index index, decode_index(records, published->second.info->uid_next));
  for (const auto& entry : loading.published) extend(index, entry);
  if (!counts_agree(index, *published->second.info)) {
    if (!loading.again) {
      // Another machine may have changed the mailbox: read everything again, and look once more.
      break_chain(epoch_);
      return {};
    }
    correct_counts(mailbox, index);
  }
  auto shown = std::make_shared<const Index>(index);
  published->second.index = shown;
  shared_.index_bytes += index.bytes();
  last_use_[mailbox] = ++shared_.ticks;
  for (auto& change : in_flight_) {
    const std::size_t before = index.size();
    for (const auto& [id, entry] : change.delta.added)
      if (id == mailbox) extend(index, entry);
    if (index.size() != before) shown = std::make_shared<const Index>(index);
    for (auto& [id, box] : change.delta.boxes)
      if (id == mailbox) box.index = shown;
  }
  const auto submitted = submitted_.boxes.find(mailbox);
  if (submitted != submitted_.boxes.end() && !submitted->second.dying)
    submitted->second.index = shown;
  return {};
}

/// The index is right, and the counts in the mailbox's record are not: damage that a mailbox must
/// not become unreadable for. The next change of the mailbox stores the right ones.
void AccountImpl::correct_counts(MailboxId mailbox, const Index& index) {
  const Counts counted = count(index);
  const Info was = *published_.boxes.at(mailbox).info;
  const auto correct = [&](Box& box) {
    auto info = std::make_shared<Info>(*box.info);
    info->messages += counted.messages - was.messages;
    info->unseen += counted.unseen - was.unseen;
    info->deleted += counted.deleted - was.deleted;
    info->octets += counted.octets - was.octets;
    box.info = std::move(info);
  };
  correct(published_.boxes.at(mailbox));
  for (auto& change : in_flight_)
    for (auto& [id, box] : change.delta.boxes)
      if (id == mailbox) correct(box);
  if (const auto box = submitted_.boxes.find(mailbox); box != submitted_.boxes.end())
    correct(box->second);
}

Task<Result<std::uint64_t>> AccountImpl::octets_used() {
  HK_CO_TRY(co_await settle());
  const std::lock_guard lock(mutex_);
  co_return published_.account.octets;
}

Task<Result<std::vector<Info>>> AccountImpl::list() {
  HK_CO_TRY(co_await settle());
  const std::lock_guard lock(mutex_);
  std::vector<Info> out;
  out.reserve(published_.names.size());
  if (const auto inbox = published_.boxes.find(kInboxId); inbox != published_.boxes.end())
    out.push_back(*inbox->second.info);
  for (const auto& [name, id] : published_.names)
    if (id != kInboxId) out.push_back(*published_.boxes.at(id).info);
  co_return out;
}

Task<Result<std::optional<Info>>> AccountImpl::find(std::string name) {
  const auto wanted = normalised_name(name);
  if (!wanted) co_return std::nullopt;
  HK_CO_TRY(co_await settle());
  const std::lock_guard lock(mutex_);
  const auto found = published_.names.find(*wanted);
  if (found == published_.names.end()) co_return std::nullopt;
  co_return std::optional(*published_.boxes.at(found->second).info);
}

Task<Result<View>> AccountImpl::view(MailboxId mailbox) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    HK_CO_TRY(co_await settle());
    {
      const std::lock_guard lock(mutex_);
      const auto box = published_.boxes.find(mailbox);
      if (box == published_.boxes.end() || box->second.dying)
        co_return permanent("there is no such mailbox any more");
      if (box->second.index) {
        last_use_[mailbox] = ++shared_.ticks;
        co_return View{box->second.info, box->second.index};
      }
    }
    HK_CO_TRY(co_await load_index(mailbox));
  }
  co_return busy();
}

std::vector<AccountImpl::Idle> AccountImpl::idle_indexes() {
  const std::lock_guard lock(mutex_);
  std::vector<Idle> out;
  if (stale_ || !in_flight_.empty()) return out;
  for (const auto& [id, box] : published_.boxes) {
    // Both states share one index while nothing is in flight.
    if (!box.index || box.index.use_count() > 2) continue;
    out.push_back({last_use_[id], id, box.index->bytes()});
  }
  return out;
}

void AccountImpl::drop_index(MailboxId mailbox) {
  const std::lock_guard lock(mutex_);
  if (stale_ || !in_flight_.empty()) return;
  const auto published = published_.boxes.find(mailbox);
  const auto submitted = submitted_.boxes.find(mailbox);
  if (published == published_.boxes.end() || submitted == submitted_.boxes.end()) return;
  if (!published->second.index) return;
  published->second.index = nullptr;
  submitted->second.index = nullptr;
  last_use_.erase(mailbox);
}

}  // namespace hikyaku::mailbox
