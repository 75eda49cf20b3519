// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace hikyaku::directory {

/// The values that were used last, by key; bounded in number and octets (of keys, and what the
/// caller says of the values). Threads: one at a time.
template <class Value>
class Lru {
 public:
  Lru(std::size_t entries_max, std::size_t octets_max)
      : entries_max_(entries_max), octets_max_(octets_max) {}

  /// The value, which becomes the newest; nullptr when there is none. Good until the next change.
  const Value* find(std::string_view key) {
    const auto place = index_.find(key);
    if (place == index_.end()) return nullptr;
    order_.splice(order_.begin(), order_, place->second);
    return &place->second->value;
  }

  void insert(std::string key, Value value, std::size_t value_octets) {
    erase(key);
    octets_ += key.size() + value_octets;
    order_.push_front(Node{std::move(key), std::move(value), value_octets});
    index_.emplace(order_.front().key, order_.begin());
    while (order_.size() > entries_max_ || octets_ > octets_max_) erase(order_.back().key);
  }

  void erase(std::string_view key) {
    const auto place = index_.find(key);
    if (place == index_.end()) return;
    const auto node = place->second;
    index_.erase(place);
    octets_ -= node->key.size() + node->value_octets;
    order_.erase(node);
  }

  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  struct Node {
    std::string key;
    Value value;
    std::size_t value_octets;
  };
  using Order = std::list<Node>;

  const std::size_t entries_max_;
  const std::size_t octets_max_;
  std::size_t octets_ = 0;
  Order order_;  ///< newest first
  std::unordered_map<std::string_view, typename Order::iterator> index_;
};

}  // namespace hikyaku::directory
