// SPDX-License-Identifier: Apache-2.0
#include "record/trail/trail.h"

#include <algorithm>
#include <atomic>

#include "base/words.h"
#include "record/trail/format.h"
#include "record/trail/number.h"
#include "record/trail/tracking.h"

namespace hikyaku::trail {
namespace {

constexpr std::size_t kPageKeys = 256;
constexpr std::size_t kScannedMax = 200'000;  ///< index entries that one find() looks at
constexpr std::size_t kTrimKeysMax = 4'000;
constexpr std::size_t kTrimBytesMax = store::kTxnBytesMax / 2;

void put_events(store::Txn& txn, TrackingId id, QueueId part, const std::vector<Event>& events) {
  // Why: tells apart what one writer adds within a microsecond; unique within the process, and an
  // item of the queue has one owner.
  static std::atomic<std::uint32_t> serial{0};
  if (events.empty()) return;
  for (auto& value : format::encode(events))
    txn.put(format::events_key(id, part, events.front().time,
                               serial.fetch_add(1, std::memory_order_relaxed)),
            std::move(value));
}

/// Does the folded address of the query ("@domain" or whole) fit this one?
bool fits(const std::string& wanted, const std::string& address) {
  if (wanted.empty()) return true;
  const auto folded = format::fold(address);
  return wanted.front() == '@' ? format::domain_of(folded) == wanted : folded == wanted;
}

bool fits(const Query& query, const Head& head) {
  if (!fits(query.from, head.from)) return false;
  return query.to.empty() ||
         std::ranges::any_of(head.to, [&](const auto& to) { return fits(query.to, to); });
}

/// The numbers in a page of keys, of the index or of the messages themselves.
std::vector<TrackingId> numbers_of(const std::vector<store::KeyValue>& page, bool indexed) {
  std::vector<TrackingId> out;
  for (const auto& [key, value] : page) {
    if (indexed) {
      if (const auto id = format::parse_index_key(key)) out.push_back(*id);
    } else if (const auto parsed = format::parse_message_key(key); parsed && parsed->is_head) {
      out.push_back(parsed->id);
    }
  }
  return out;
}

Task<Result<std::vector<Head>>> read_heads(store::Store* store, std::vector<TrackingId> ids) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const auto id : ids) keys.push_back(format::message_prefix(id));
  HK_CO_ASSIGN(const auto values, co_await store->get(std::move(keys)));
  std::vector<Head> out;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!values[i]) continue;  // trimmed meanwhile
    HK_CO_ASSIGN(auto stored, format::decode_head(ids[i], *values[i]));
    out.push_back(std::move(stored.head));
  }
  co_return out;
}

/// Events of one time stay in the order they were written in.
void sort_by_time(std::vector<Event>* events) {
  std::vector<std::pair<UnixTime, std::size_t>> order;
  for (std::size_t i = 0; i < events->size(); ++i) order.emplace_back((*events)[i].time, i);
  std::ranges::sort(order);
  std::vector<Event> sorted;
  sorted.reserve(order.size());
  for (const auto& [time, i] : order) sorted.push_back(std::move((*events)[i]));
  *events = std::move(sorted);
}

Status committed(const store::CommitResult& result) {
  if (result.outcome == store::Outcome::kCommitted) return {};
  if (result.outcome == store::Outcome::kConflict) return retry_later("the trail was changed");
  return std::unexpected(result.failure("trimming the trail"));
}

}  // namespace

void add_intake(store::Txn& txn, const Head& head, const std::vector<Event>& events) {
  const auto stored = format::shorten(head);
  txn.put(format::message_prefix(head.id), format::encode(stored));
  for (auto& key : format::index_keys(stored.head)) txn.put(std::move(key), format::index_value());
  put_events(txn, head.id, QueueId(), events);
}

void add_events(store::Txn& txn, TrackingId id, QueueId part, const std::vector<Event>& events) {
  put_events(txn, id, part, events);
}

Task<Result<Story>> read(store::Store* store, TrackingId id) {
  const auto prefix = format::message_prefix(id);
  const auto end = store::prefix_end(prefix);
  Story story;
  bool found = false;
  std::string next = prefix;
  for (;;) {
    HK_CO_ASSIGN(const auto page, co_await store->scan(next, end, kPageKeys));
    for (const auto& [key, value] : page) {
      if (key == prefix) {
        HK_CO_ASSIGN(auto stored, format::decode_head(id, value));
        story.head = std::move(stored.head);
        found = true;
        continue;
      }
      HK_CO_ASSIGN(auto events, format::decode_events(value));
      std::ranges::move(events, std::back_inserter(story.events));
    }
    if (page.size() < kPageKeys) break;
    next = page.back().key + '\0';
  }
  if (!found)
    co_return permanent(
        Words{"no message has the tracking number {0}; it may be older than what the trail keeps; "
              "`hikyaku track --to ADDRESS` finds messages without it",
              "追跡番号 {0} のメールはありません。記録の保存期間を過ぎた可能性があります。"
              "`hikyaku track --to アドレス` でも探せます"},
        to_text(id));
  sort_by_time(&story.events);
  co_return story;
}

Task<Result<std::vector<Head>>> find(store::Store* store, Query query) {
  const bool indexed = !query.from.empty() || !query.to.empty();
  if (!query.from.empty()) query.from = format::fold(query.from);
  if (!query.to.empty()) query.to = format::fold(query.to);
  // The recipient tells more than the sender, as a rule.
  std::string begin = format::messages_begin();
  if (indexed)
    begin = query.to.empty() ? format::index_prefix(format::Side::kFrom, query.from)
                             : format::index_prefix(format::Side::kTo, query.to);
  std::string end = store::prefix_end(begin);
  std::vector<Head> out;
  for (std::size_t scanned = 0; scanned < kScannedMax && out.size() < query.limit;) {
    HK_CO_ASSIGN(const auto page,
                 co_await store->scan(begin, end, kPageKeys, store::Direction::kBackward));
    if (page.empty()) break;
    scanned += page.size();
    HK_CO_ASSIGN(auto heads, co_await read_heads(store, numbers_of(page, indexed)));
    for (auto& head : heads)
      if (out.size() < query.limit && fits(query, head)) out.push_back(std::move(head));
    if (page.size() < kPageKeys) break;
    end = page.back().key;
  }
  co_return out;
}

Task<Result<std::size_t>> trim(store::Store* store, UnixTime before) {
  const auto end = format::message_prefix(TrackingId(first_number(before)));
  store::Txn txn;
  std::size_t bytes = 0;
  std::string next = format::messages_begin();
  const auto room = [&] { return txn.writes.size() < kTrimKeysMax && bytes < kTrimBytesMax; };
  while (room()) {
    HK_CO_ASSIGN(const auto page, co_await store->scan(next, end, kPageKeys));
    for (const auto& [key, value] : page) {
      if (!room()) break;
      const auto parsed = format::parse_message_key(key);
      if (parsed && parsed->is_head) {
        // Damage must not keep the rest for ever: then its index entries are left to the check.
        const auto stored = format::decode_head(parsed->id, value);
        for (auto& entry : stored ? format::index_keys(stored->head) : std::vector<std::string>()) {
          bytes += entry.size();
          txn.erase(std::move(entry));
        }
      }
      bytes += key.size();
      txn.erase(key);
    }
    if (page.size() < kPageKeys) break;
    next = page.back().key + '\0';
  }
  const auto erased = txn.writes.size();
  if (erased == 0) co_return 0U;
  HK_CO_TRY(committed(co_await store->submit(std::move(txn))));
  co_return erased;
}

}  // namespace hikyaku::trail
