// SPDX-License-Identifier: Apache-2.0
#include "service/intake/plan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "base/utf8.h"
#include "protocol/smtp/utf8_address.h"

namespace hikyaku::intake {
namespace {

/// What a message costs an account beside its summary: its own and its mailbox's state, the tail of
/// the index, keys.
constexpr std::size_t kAccountBytes = 6'000;
constexpr std::size_t kRoomBytes = 20'000;

std::string destination_of(std::string_view address) {
  const auto at = address.rfind('@');
  std::string out(at == std::string_view::npos ? std::string_view() : address.substr(at + 1));
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

/// Recipients by destination, each address once, in the order they came.
class Outward {
 public:
  void add(std::string destination, queue::Recipient recipient) {
    if (!seen_.insert(destination + '\0' + recipient.address).second) return;
    auto& place = by_destination_[destination];
    if (place.empty()) order_.push_back(std::move(destination));
    place.push_back(std::move(recipient));
  }

  [[nodiscard]] std::vector<queue::Item> items(const ItemFacts& facts, const Clock& clock) && {
    std::vector<queue::Item> out;
    for (const auto& destination : order_) {
      for (auto& recipient : by_destination_[destination]) {
        if (out.empty() || out.back().destination != destination ||
            out.back().recipients.size() == queue::kRecipientsMax)
          out.push_back(new_item(destination, facts, clock));
        // An alias may lead to an address in UTF-8 from one in ASCII.
        out.back().smtputf8 |= !is_ascii(recipient.address);
        out.back().recipients.push_back(std::move(recipient));
      }
    }
    return out;
  }

 private:
  static queue::Item new_item(const std::string& destination, const ItemFacts& facts,
                              const Clock& clock) {
    queue::Item item;
    item.id = queue::next_id(clock);
    item.tracking = facts.tracking;
    item.sender = facts.sender;
    item.envelope_id = facts.envelope_id;
    item.ret = facts.ret;
    item.destination = destination;
    item.body = facts.body;
    item.skip_octets = facts.skip_octets;
    item.size = facts.size;
    item.eight_bit = facts.eight_bit;
    item.smtputf8 = facts.utf8_header || !is_ascii(facts.sender);
    item.created = item.due = facts.now;
    return item;
  }

  std::map<std::string, std::vector<queue::Recipient>> by_destination_;
  std::vector<std::string> order_;
  std::unordered_set<std::string> seen_;
};

bool is_expanded(const Recipient& recipient) {
  return recipient.targets.accounts.size() + recipient.targets.remote.size() > 1;
}

queue::Recipient outward_recipient(const Recipient& from, std::string address) {
  queue::Recipient out;
  // RFC 3461 §5.2.7.2: what an alias leads to keeps the original recipient.
  out.original = from.original;
  if (out.original.empty() && from.address.text() != address)
    out.original = smtp::orcpt_of(from.address.text());
  out.address = std::move(address);
  out.notify = (is_expanded(from) ? from.notify.without_success() : from.notify).bits();
  return out;
}

/// Of whom the sender is told now. `stored`: the one account that it leads to has the message.
std::optional<queue::Recipient> decided_recipient(const Recipient& from, bool stored) {
  if (!from.notify.success()) return std::nullopt;
  const bool expanded = is_expanded(from);
  if (!expanded && !(stored && from.targets.remote.empty())) return std::nullopt;
  queue::Recipient out;
  out.address = from.address.text();
  out.original = from.original;
  out.notify = from.notify.bits();
  out.state = expanded ? queue::State::kExpanded : queue::State::kDelivered;
  out.last_reply =
      expanded ? "250 2.1.5 sent on to several recipients" : "250 2.1.5 delivered to the mailbox";
  return out;
}

}  // namespace

Plan make_plan(const std::vector<Recipient>& recipients, std::size_t accounts_max,
               const ItemFacts& facts, const Clock& clock) {
  Plan plan;
  Outward outward;
  std::unordered_map<AccountId, bool> stored;
  for (const auto& recipient : recipients) {
    bool all_stored = true;
    for (const auto& account : recipient.targets.accounts) {
      const auto [place, is_new] = stored.try_emplace(account.id, false);
      if (is_new && plan.accounts.size() < accounts_max) {
        plan.accounts.push_back(account);
        place->second = true;
      } else if (is_new) {
        outward.add(std::string(queue::kLocalDestination),
                    outward_recipient(recipient, account.address));
      }
      all_stored = all_stored && place->second;
    }
    for (const auto& address : recipient.targets.remote)
      outward.add(destination_of(address), outward_recipient(recipient, address));
    if (facts.sender.empty()) continue;  // RFC 3461 §5.2: nobody to tell
    if (auto decided = decided_recipient(recipient, all_stored))
      outward.add(std::string(queue::kReportDestination), *std::move(decided));
  }
  plan.items = std::move(outward).items(facts, clock);
  return plan;
}

std::size_t accounts_that_fit(std::size_t other_bytes, std::size_t summary_bytes,
                              std::size_t accounts_max) {
  const auto used = std::min(other_bytes + kRoomBytes, store::kTxnBytesMax);
  const auto fit = (store::kTxnBytesMax - used) / (summary_bytes + kAccountBytes);
  return std::clamp<std::size_t>(fit, 1, std::max<std::size_t>(accounts_max, 1));
}

std::size_t bytes_of(const store::Txn& txn) {
  std::size_t bytes = 0;
  for (const auto& write : txn.writes) bytes += write.key.size() + write.value.size();
  for (const auto& check : txn.checks)
    bytes += check.key.size() + (check.value ? check.value->size() : 0);
  return bytes;
}

}  // namespace hikyaku::intake
