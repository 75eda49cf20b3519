// SPDX-License-Identifier: Apache-2.0
#include "record/queue/queue.h"

#include <algorithm>

#include "base/codec.h"
#include "record/queue/format.h"
#include "record/trail/number.h"

namespace hikyaku::queue {
namespace {

constexpr std::size_t kDuePageKeys = 4'096;  ///< some 40 octets each
constexpr std::size_t kItemPageKeys = 64;    ///< up to some dozen kB each

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

/// Is the address the wanted one, or of the wanted domain? `wanted` is in small letters.
bool address_fits(std::string_view wanted, std::string_view address) {
  if (wanted.empty()) return true;
  if (wanted == "<>") return address.empty();
  const auto folded = lower(address);
  const auto at = wanted.rfind('@');
  if (at != std::string_view::npos && at != 0) return folded == wanted;
  const auto domain = at == 0 ? wanted.substr(1) : wanted;
  const auto own_at = folded.rfind('@');
  return own_at != std::string::npos && std::string_view(folded).substr(own_at + 1) == domain;
}

bool fits(const Filter& filter, const Item& item) {
  if (!address_fits(filter.sender, item.sender)) return false;
  if (!filter.destination.empty() && lower(item.destination) != filter.destination) return false;
  return filter.recipient.empty() || std::ranges::any_of(item.recipients, [&](const auto& one) {
           return address_fits(filter.recipient, one.address);
         });
}

std::string due_value_of(const Item& item) {
  return format::due_value(item.destination, sender_key(item.sender));
}

}  // namespace

QueueId next_id(const Clock& clock) { return QueueId(trail::next_number(clock)); }

std::string to_text(QueueId id) { return trail::number_text(id.value); }

std::optional<QueueId> parse_id(std::string_view text) {
  const auto number = trail::parse_number(text);
  if (!number) return std::nullopt;
  return QueueId(*number);
}

SenderKey sender_key(std::string_view sender) {
  // FNV-1a: the same on every machine, since it is kept in the store.
  const auto hash = [](std::string_view text) {
    std::uint32_t out = 2'166'136'261U;
    for (const char c : text) out = (out ^ static_cast<unsigned char>(c)) * 16'777'619U;
    return out;
  };
  if (sender.empty()) return {};
  const auto folded = lower(sender);
  const std::string_view all(folded);
  const auto at = std::min(all.rfind('@'), all.size());
  const auto local = all.substr(0, at);
  return {hash(all.substr(at)), hash(local.substr(0, local.find('+')))};
}

void add(store::Txn& txn, const Item& item) {
  HK_ASSERT(item.id && item.body);
  HK_ASSERT(!item.recipients.empty() && item.recipients.size() <= kRecipientsMax);
  // Two processes may give the same id in the same millisecond, however rarely: then one commit
  // fails, instead of one message taking the other's place.
  txn.check(format::item_key(item.id), std::nullopt);
  txn.put(format::item_key(item.id), format::encode(item));
  txn.put(format::due_key(item.due, item.id), due_value_of(item));
  txn.add(format::count_key(), 1);
  txn.link(item.body, format::body_holder(item.id));
}

void update(store::Txn& txn, const Item& before, const Item& after) {
  HK_ASSERT(before.id == after.id && before.body == after.body);
  HK_ASSERT(!after.recipients.empty() && after.recipients.size() <= kRecipientsMax);
  txn.check(format::item_key(before.id), format::encode(before));
  txn.put(format::item_key(after.id), format::encode(after));
  if (before.due == after.due && before.destination == after.destination) return;
  txn.erase(format::due_key(before.due, before.id));
  txn.put(format::due_key(after.due, after.id), due_value_of(after));
}

void remove(store::Txn& txn, const Item& item) {
  txn.check(format::item_key(item.id), format::encode(item));
  txn.erase(format::item_key(item.id));
  txn.erase(format::due_key(item.due, item.id));
  txn.add(format::count_key(), -1);
  txn.unlink(item.body, format::body_holder(item.id));
}

Task<Result<std::optional<Item>>> read(store::Store* store, QueueId id) {
  HK_CO_ASSIGN(const auto value, co_await store::get_one(store, format::item_key(id)));
  if (!value) co_return std::nullopt;
  HK_CO_ASSIGN(auto item, format::decode(id, *value));
  co_return std::optional<Item>(std::move(item));
}

Task<Result<std::vector<Due>>> due(store::Store* store, std::optional<Due> after,
                                   std::size_t limit) {
  std::vector<Due> out;
  std::string next = format::due_begin();
  if (after) next = format::due_key(after->due, after->id) + '\0';
  while (out.size() < limit) {
    const auto wanted = std::min(limit - out.size(), kDuePageKeys);
    HK_CO_ASSIGN(const auto page, co_await store->scan(next, format::due_end(), wanted));
    for (const auto& [key, value] : page) {
      HK_CO_ASSIGN(auto one, format::decode_due(key, value));
      out.push_back(std::move(one));
    }
    if (page.size() < wanted) break;
    next = page.back().key + '\0';
  }
  co_return out;
}

Task<Result<std::vector<Item>>> list(store::Store* store, Filter filter) {
  filter.sender = lower(filter.sender);
  filter.recipient = lower(filter.recipient);
  filter.destination = lower(filter.destination);
  std::vector<Item> out;
  std::string next = format::items_begin();
  while (out.size() < filter.limit) {
    HK_CO_ASSIGN(const auto page, co_await store->scan(next, format::items_end(), kItemPageKeys));
    for (const auto& [key, value] : page) {
      const auto id = format::parse_item_key(key);
      // One damaged item must not hide the others; the check names it.
      auto item = format::decode(id.value_or(QueueId()), value);
      if (item && out.size() < filter.limit && fits(filter, *item)) out.push_back(*std::move(item));
    }
    if (page.size() < kItemPageKeys) break;
    next = page.back().key + '\0';
  }
  co_return out;
}

Task<Result<std::uint64_t>> count(store::Store* store) {
  HK_CO_ASSIGN(const auto value, co_await store::get_one(store, format::count_key()));
  co_return value ? Decoder(*value).u64() : 0;
}

}  // namespace hikyaku::queue
