// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/account.h"
#include "record/mailbox/chunk_codec.h"
#include "record/mailbox/keys.h"

namespace hikyaku::mailbox {
namespace {

constexpr std::size_t kScanRecords = 200;
constexpr std::size_t kStepMessages = 4'000;

/// The entries that a stored record of the index holds; none when it is damaged.
std::vector<Entry> entries_of(const store::KeyValue& record) {
  const auto parsed = key::parse(record.key);
  if (!parsed) return {};
  if (parsed->kind == key::kChunk) {
    const auto chunk = decode_chunk(parsed->uid, record.value);
    return chunk ? (*chunk)->entries : std::vector<Entry>{};
  }
  const auto entry = decode_tail_entry(parsed->uid, record.value);
  return entry ? std::vector{*entry} : std::vector<Entry>{};
}

}  // namespace

std::optional<MailboxId> AccountImpl::dying_mailbox() {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, box] : published_.boxes)
    if (box.dying) return id;
  return std::nullopt;
}

Task<Status> AccountImpl::clean(std::size_t steps) {
  HK_CO_TRY(co_await settle());
  {
    const std::lock_guard lock(mutex_);
    if (!cleaning_.begin()) co_return Status{};  // somebody is at it
  }
  Status out;
  for (; steps != 0; --steps) {
    const auto mailbox = dying_mailbox();
    if (!mailbox) break;
    const auto done = co_await clean_step(*mailbox);
    if (!done) {
      out = std::unexpected(done.error());
      break;
    }
  }
  const std::lock_guard lock(mutex_);
  cleaning_.landed();
  co_return out;
}

/// Erases some messages of a removed mailbox, and its record with the last of them.
Task<Result<bool>> AccountImpl::clean_step(MailboxId mailbox) {
  const std::string begin = key::index(id_, mailbox);
  HK_CO_ASSIGN(auto records,
               co_await shared_.store.scan(begin, store::prefix_end(begin), kScanRecords));
  std::vector<Entry> entries;
  std::vector<MessageId> ids;
  std::size_t taken = 0;
  while (taken < records.size() && entries.size() < kStepMessages) {
    for (const auto& entry : entries_of(records[taken])) {
      entries.push_back(entry);
      ids.push_back(entry.message);
    }
    ++taken;
  }
  records.resize(taken);
  HK_CO_ASSIGN(const auto known, co_await heads(std::move(ids)));
  HK_CO_TRY(co_await change([&](Draft& draft) -> Result<Built> {
    if (!draft.is_dying(mailbox)) return Built::nothing();
    if (records.empty()) {
      draft.erase_box(mailbox);
      return Built::commit();
    }
    // Another machine may clean too: whoever is second finds the first record gone.
    draft.txn().check(records.front().key, records.front().value);
    for (const auto& record : records) draft.txn().erase(record.key);
    for (const auto& entry : entries) {
      const auto head = known.find(entry.message);
      draft.drop_reference(entry.message, head == known.end() ? MessageHead{} : head->second);
    }
    return Built::commit();
  }));
  co_return true;
}

}  // namespace hikyaku::mailbox
