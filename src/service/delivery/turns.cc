// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/turns.h"

#include "base/assert.h"

namespace hikyaku::delivery {
namespace {

/// The one after the one that was served, round and round.
template <class Map>
typename Map::iterator next_of(Map& map, std::uint32_t served) {
  const auto at = map.upper_bound(served);
  return at == map.end() ? map.begin() : at;
}

}  // namespace

void Turns::push(Node& node) {
  auto& line = domains_[node.sender.domain].senders[node.sender.local];
  node.before = line.last;
  node.after = nullptr;
  (line.last == nullptr ? line.first : line.last->after) = &node;
  line.last = &node;
  ++size_;
}

void Turns::unlink(Place domain, std::map<std::uint32_t, Line>::iterator sender, Node& node) {
  auto& line = sender->second;
  (node.before == nullptr ? line.first : node.before->after) = node.after;
  (node.after == nullptr ? line.last : node.after->before) = node.before;
  node.before = node.after = nullptr;
  --size_;
  if (line.first != nullptr) return;
  domain->second.senders.erase(sender);
  if (domain->second.senders.empty()) domains_.erase(domain);
}

void Turns::remove(Node& node) {
  const auto domain = domains_.find(node.sender.domain);
  HK_ASSERT(domain != domains_.end());
  const auto sender = domain->second.senders.find(node.sender.local);
  HK_ASSERT(sender != domain->second.senders.end());
  unlink(domain, sender, node);
}

Turns::Node* Turns::take() {
  if (domains_.empty()) return nullptr;
  const auto domain = next_of(domains_, served_);
  served_ = domain->first;
  const auto sender = next_of(domain->second.senders, domain->second.served);
  domain->second.served = sender->first;
  Node* const node = sender->second.first;
  unlink(domain, sender, *node);
  return node;
}

}  // namespace hikyaku::delivery
