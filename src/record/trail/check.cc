// SPDX-License-Identifier: Apache-2.0
#include "record/trail/check.h"

#include <algorithm>
#include <map>

#include "record/trail/format.h"
#include "record/trail/tracking.h"
#include "record/trail/trail.h"

namespace hikyaku::trail {
namespace {

constexpr std::size_t kPageKeys = 256;
constexpr Words kOfTrail = {"trail {0}: {1}", "追跡記録 {0}: {1}"};
using Findings = std::vector<store::Finding>;

store::Finding unreadable(Told what, const store::KeyValue& entry) {
  store::Finding finding{.what = std::move(what), .repair = told({"erase it", "消します"})};
  finding.fix.check(entry.key, entry.value).erase(entry.key);
  return finding;
}

Task<Status> check_head(store::Store* store, store::KeyValue entry, TrackingId id,
                        Findings* findings) {
  auto stored = format::decode_head(id, entry.value);
  if (!stored) {
    findings->push_back(unreadable(told(kOfTrail, to_text(id), stored.error()), entry));
    co_return Status();
  }
  const auto keys = format::index_keys(stored->head);
  HK_CO_ASSIGN(const auto values, co_await store->get(keys));
  store::Finding finding{
      .what = told({"trail {0}: not found by all of its addresses",
                    "追跡記録 {0}: 一部のアドレスから見つけられません"},
                   to_text(id)),
      .repair = told({"add the missing index entries", "足りない索引の項目を加えます"})};
  finding.fix.check(entry.key, entry.value);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (!values[i]) finding.fix.put(keys[i], format::index_value());
  if (!finding.fix.writes.empty()) findings->push_back(std::move(finding));
  co_return Status();
}

Task<Status> check_message_key(store::Store* store, store::KeyValue entry, Findings* findings) {
  const auto key = format::parse_message_key(entry.key);
  if (!key) {
    findings->push_back(
        unreadable(told({"a key of the trail is damaged", "追跡記録のキーが壊れています"}), entry));
  } else if (key->is_head) {
    HK_CO_TRY(co_await check_head(store, std::move(entry), key->id, findings));
  } else if (const auto events = format::decode_events(entry.value); !events) {
    findings->push_back(unreadable(told(kOfTrail, to_text(key->id), events.error()), entry));
  }
  co_return Status();
}

/// Index entries of one page whose message is gone, or does not have that address.
Task<Status> check_index_page(store::Store* store, std::vector<store::KeyValue> page,
                              Findings* findings) {
  std::map<TrackingId, std::vector<std::string>> entries;  // by message; the heads are read once
  for (auto& [key, value] : page)
    entries[format::parse_index_key(key).value_or(TrackingId())].push_back(std::move(key));
  std::vector<std::string> heads;
  for (const auto& [id, keys] : entries) heads.push_back(format::message_prefix(id));
  HK_CO_ASSIGN(const auto values, co_await store->get(heads));
  std::size_t i = 0;
  for (auto& [id, keys] : entries) {
    const auto& head = heads[i];
    const auto& value = values[i++];
    std::vector<std::string> wanted;
    if (value) {
      const auto stored = format::decode_head(id, *value);
      if (!stored) continue;  // a finding of its own
      wanted = format::index_keys(stored->head);
    }
    for (auto& key : keys) {
      if (std::ranges::binary_search(wanted, key)) continue;
      store::Finding finding{.what = told({"trail {0}: an index entry leads nowhere",
                                           "追跡記録 {0}: 索引の項目に対応する記録がありません"},
                                          to_text(id)),
                             .repair = told({"erase the index entry", "索引の項目を消します"})};
      finding.fix.check(head, value).erase(std::move(key));
      findings->push_back(std::move(finding));
    }
  }
  co_return Status();
}

}  // namespace

Task<Result<Findings>> check(store::Store* store) {
  Findings findings;
  std::string next = format::messages_begin();
  while (findings.size() < store::kFindingsMax) {
    HK_CO_ASSIGN(auto page, co_await store->scan(next, format::index_begin(), kPageKeys));
    const auto size = page.size();
    if (size != 0) next = page.back().key + '\0';
    for (auto& entry : page)
      HK_CO_TRY(co_await check_message_key(store, std::move(entry), &findings));
    if (size < kPageKeys) break;
  }
  next = format::index_begin();
  while (findings.size() < store::kFindingsMax) {
    HK_CO_ASSIGN(auto page, co_await store->scan(next, format::index_end(), kPageKeys));
    const auto size = page.size();
    if (size != 0) next = page.back().key + '\0';
    HK_CO_TRY(co_await check_index_page(store, std::move(page), &findings));
    if (size < kPageKeys) break;
  }
  co_return findings;
}

}  // namespace hikyaku::trail
