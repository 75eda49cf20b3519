// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "record/directory/lru.h"

namespace hikyaku::directory {

/// What the store holds at keys of the directory, absence included. Exact: what is forgotten while
/// a read is under way is not remembered from that read. Threads: any.
class Cache {
 public:
  using Value = std::optional<std::string>;

  [[nodiscard]] std::optional<Value> find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto* value = values_.find(key);
    return value == nullptr ? std::nullopt : std::optional<Value>(*value);
  }

  /// To be taken before a read whose outcome is to be remembered.
  [[nodiscard]] std::uint64_t epoch() {
    const std::lock_guard lock(mutex_);
    return epoch_;
  }

  void remember(std::string key, Value value, std::uint64_t epoch_of_read) {
    const std::lock_guard lock(mutex_);
    if (epoch_of_read != epoch_) return;
    const auto octets = value ? value->size() : 0;
    values_.insert(std::move(key), std::move(value), octets);
  }

  void forget(const std::vector<std::string>& keys) {
    const std::lock_guard lock(mutex_);
    ++epoch_;
    for (const auto& key : keys) values_.erase(key);
  }

 private:
  static constexpr std::size_t kEntriesMax = 50'000;
  static constexpr std::size_t kOctetsMax = 16 << 20;

  std::mutex mutex_;
  std::uint64_t epoch_ = 0;
  Lru<Value> values_{kEntriesMax, kOctetsMax};
};

}  // namespace hikyaku::directory
