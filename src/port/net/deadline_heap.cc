// SPDX-License-Identifier: Apache-2.0
#include "port/net/deadline_heap.h"

#include "base/assert.h"

namespace hikyaku::net {

void DeadlineHeap::put(std::size_t place, DeadlineNode* node) noexcept {
  nodes_[place] = node;
  node->place = place;
}

void DeadlineHeap::rise(std::size_t place) noexcept {
  DeadlineNode* node = nodes_[place];
  while (place > 0) {
    const std::size_t parent = (place - 1) / 2;
    if (nodes_[parent]->at <= node->at) break;
    put(place, nodes_[parent]);
    place = parent;
  }
  put(place, node);
}

void DeadlineHeap::sink(std::size_t place) noexcept {
  DeadlineNode* node = nodes_[place];
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child >= nodes_.size()) break;
    if (child + 1 < nodes_.size() && nodes_[child + 1]->at < nodes_[child]->at) ++child;
    if (node->at <= nodes_[child]->at) break;
    put(place, nodes_[child]);
    place = child;
  }
  put(place, node);
}

void DeadlineHeap::set(DeadlineNode& node, SteadyTime at) {
  node.at = at;
  if (!node.waiting()) {
    nodes_.push_back(&node);
    node.place = nodes_.size() - 1;
  }
  rise(node.place);
  sink(node.place);
}

void DeadlineHeap::remove(DeadlineNode& node) noexcept {
  if (!node.waiting()) return;
  const std::size_t place = node.place;
  HK_ASSERT(nodes_[place] == &node);
  DeadlineNode* last = nodes_.back();
  nodes_.pop_back();
  node.place = DeadlineNode::kNowhere;
  if (last == &node) return;
  put(place, last);
  rise(place);
  sink(last->place);
}

SteadyTime DeadlineHeap::earliest() const {
  return nodes_.empty() ? SteadyTime::max() : nodes_.front()->at;
}

DeadlineNode* DeadlineHeap::take_due(SteadyTime now) noexcept {
  if (nodes_.empty() || nodes_.front()->at > now) return nullptr;
  DeadlineNode* node = nodes_.front();
  remove(*node);
  return node;
}

}  // namespace hikyaku::net
