// SPDX-License-Identifier: Apache-2.0
#include "record/queue/check.h"

#include "base/codec.h"
#include "record/queue/format.h"

namespace hikyaku::queue {
namespace {

constexpr std::size_t kPageKeys = 64;
using Findings = std::vector<store::Finding>;

Told named(QueueId id) { return told({"queue item {0}", "キューの項目 {0}"}, to_text(id)); }

/// The entry of the due index and the body of one item.
Task<Status> check_item(store::Store* store, store::KeyValue entry, Findings* findings) {
  const auto id = format::parse_item_key(entry.key).value_or(QueueId());
  auto item = format::decode(id, entry.value);
  if (!item) {
    // Why: no repair. What remains of a message is for a person to save or to give up.
    findings->push_back({.what = told({"{0} cannot be read: {1}", "{0} を読めません: {1}"},
                                      named(id), item.error())});
    co_return Status();
  }
  const auto key = format::due_key(item->due, id);
  HK_CO_ASSIGN(const auto due, co_await store::get_one(store, key));
  const auto entry_of = due ? format::decode_due(key, *due) : Result<Due>(std::unexpected(Error{}));
  if (!entry_of || entry_of->destination != item->destination) {
    store::Finding finding{.what = told({"{0} is not in the due index, so it is never tried",
                                         "{0} が予定の索引になく、配送が試みられません"},
                                        named(id)),
                           .repair = told({"put it into the due index", "予定の索引に加えます"})};
    finding.fix.check(entry.key, entry.value);
    finding.fix.put(key, format::due_value(item->destination, sender_key(item->sender)));
    findings->push_back(std::move(finding));
  }
  const auto octets = item->skip_octets + item->size;
  if (octets == 0) co_return Status();
  const auto body = co_await store->read_body(item->body, octets - 1, 2);
  if (!body || body->size() != 1)
    findings->push_back(
        {.what =
             told({"{0} has no whole body: {1}", "{0} の本文が揃っていません: {1}"}, named(id),
                  body ? told({"its size is another", "大きさが違います"}) : told(body.error()))});
  co_return Status();
}

Task<Status> check_due(store::Store* store, store::KeyValue entry, Findings* findings) {
  const auto due = format::decode_due(entry.key, entry.value);
  store::Finding finding{.repair = told({"erase the entry", "その項目を消します"})};
  finding.fix.check(entry.key, entry.value);
  finding.fix.erase(entry.key);
  if (!due) {
    finding.what = told({"an entry of the queue's due index is damaged",
                         "キューの予定の索引に壊れた項目があります"});
    findings->push_back(std::move(finding));
    co_return Status();
  }
  const auto item_key = format::item_key(due->id);
  HK_CO_ASSIGN(const auto value, co_await store::get_one(store, item_key));
  if (value) {
    const auto item = format::decode(due->id, *value);
    if (!item || item->due == due->due) co_return Status();
  }
  finding.what = told({"the queue's due index names {0} for a time that is not its",
                       "キューの予定の索引にある {0} の時刻が正しくありません"},
                      named(due->id));
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
    store::Finding finding{.what = told({"the queue's count is not the number of its items, {0}",
                                         "キューの件数の記録が実際の件数 {0} と違います"},
                                        items),
                           .repair = told({"set the count", "件数を書き直します"})};
    finding.fix.check(format::count_key(), counted);
    finding.fix.put(format::count_key(), std::move(Encoder().u64(items)).take());
    findings.push_back(std::move(finding));
  }
  co_return findings;
}

}  // namespace hikyaku::queue
