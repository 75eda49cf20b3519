// SPDX-License-Identifier: Apache-2.0
#include "record/queue/check.h"

#include "base/codec.h"
#include "record/queue/format.h"

namespace hikyaku::queue {
namespace {

constexpr std::size_t kPageKeys = 64;
using Findings = std::vector<store::Finding>;

std::string named(QueueId id) { return "queue item " + to_text(id); }

/// The entry of the due index and the body of one item.
Task<Status> check_item(store::Store* store, store::KeyValue entry, Findings* findings) {
  const auto id = format::parse_item_key(entry.key).value_or(QueueId());
  auto item = format::decode(id, entry.value);
  if (!item) {
    // Why: no repair. What remains of a message is for a person to save or to give up.
    findings->push_back({.what = named(id) + " cannot be read: " + item.error().text});
    co_return Status();
  }
  const auto key = format::due_key(item->due, id);
  HK_CO_ASSIGN(const auto due, co_await store::get_one(store, key));
  if (due != format::due_value(item->destination)) {
    store::Finding finding{.what = named(id) + " is not in the due index, so it is never tried",
                           .repair = "put it into the due index"};
    finding.fix.check(entry.key, entry.value);
    finding.fix.put(key, format::due_value(item->destination));
    findings->push_back(std::move(finding));
  }
  const auto octets = item->skip_octets + item->size;
  if (octets == 0) co_return Status();
  const auto body = co_await store->read_body(item->body, octets - 1, 2);
  if (!body || body->size() != 1)
    findings->push_back({.what = named(id) + " has no whole body: " +
                                 (body ? "its size is another" : body.error().text)});
  co_return Status();
}

Task<Status> check_due(store::Store* store, store::KeyValue entry, Findings* findings) {
  const auto due = format::decode_due(entry.key, entry.value);
  store::Finding finding{.repair = "erase the entry"};
  finding.fix.check(entry.key, entry.value);
  finding.fix.erase(entry.key);
  if (!due) {
    finding.what = "an entry of the queue's due index is damaged";
    findings->push_back(std::move(finding));
    co_return Status();
  }
  const auto item_key = format::item_key(due->id);
  HK_CO_ASSIGN(const auto value, co_await store::get_one(store, item_key));
  if (value) {
    const auto item = format::decode(due->id, *value);
    if (!item || item->due == due->due) co_return Status();
  }
  finding.what = "the queue's due index names " + named(due->id) + " for a time that is not its";
  finding.fix.check(item_key, value);
  findings->push_back(std::move(finding));
  co_return Status();
}

}  // namespace

Task<Result<Findings>> check(store::Store* store) {
  Findings findings;
  std::uint64_t items = 0;
  HK_CO_ASSIGN(const auto counted, co_await store::get_one(store, format::count_key()));
  std::string next = format::items_begin();
  for (bool more = true; more && findings.size() < store::kFindingsMax;) {
    HK_CO_ASSIGN(auto page, co_await store->scan(next, format::items_end(), kPageKeys));
    more = page.size() == kPageKeys;
    if (more) next = page.back().key + '\0';
    items += page.size();
    for (auto& entry : page) HK_CO_TRY(co_await check_item(store, std::move(entry), &findings));
  }
  next = format::due_begin();
  for (bool more = true; more && findings.size() < store::kFindingsMax;) {
    HK_CO_ASSIGN(auto page, co_await store->scan(next, format::due_end(), kPageKeys));
    more = page.size() == kPageKeys;
    if (more) next = page.back().key + '\0';
    for (auto& entry : page) HK_CO_TRY(co_await check_due(store, std::move(entry), &findings));
  }
  if (findings.size() < store::kFindingsMax && (counted ? Decoder(*counted).u64() : 0) != items) {
    store::Finding finding{
        .what = "the queue's count is not the number of its items, " + std::to_string(items),
        .repair = "set the count"};
    finding.fix.check(format::count_key(), counted);
    finding.fix.put(format::count_key(), std::move(Encoder().u64(items)).take());
    findings.push_back(std::move(finding));
  }
  co_return findings;
}

}  // namespace hikyaku::queue
