// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace hikyaku::store {

/// A message's octets on their way into the store: appended as they arrive, with a part in front
/// (trace header fields) that may be set last, when filtering has spoken.
///
/// Memory is bounded by kSpillBytes when the owner spills as asked; a small message never leaves
/// memory before its commit, and is written once, with it. Threads: one owner at a time.
class Body {
 public:
  /// A piece that already lies in the engine's log. Opaque to all but the engine.
  struct Extent {
    std::uint64_t position = 0;
    std::uint64_t length = 0;
  };
  static constexpr std::size_t kSpillBytes = 256 * 1024;

  explicit Body(BodyId id) : id_(id) {}

  void append(std::string_view octets) { tail_.append(octets); }
  /// Replaces the part in front of all that is appended.
  void set_front(std::string octets) { front_ = std::move(octets); }

  [[nodiscard]] BodyId id() const { return id_; }
  /// In octets, the front included.
  [[nodiscard]] std::uint64_t size() const { return front_.size() + spilled_size_ + tail_.size(); }
  [[nodiscard]] bool wants_spill() const { return tail_.size() >= kSpillBytes; }

  /// For the engine.
  [[nodiscard]] const std::string& front() const { return front_; }
  [[nodiscard]] const std::string& tail() const { return tail_; }
  [[nodiscard]] const std::vector<Extent>& spilled() const { return spilled_; }
  /// The engine wrote the tail to its log as `extent`.
  void tail_spilled_to(Extent extent) {
    spilled_size_ += extent.length;
    spilled_.push_back(extent);
    tail_.clear();
  }

 private:
  BodyId id_;
  std::string front_;
  std::vector<Extent> spilled_;
  std::uint64_t spilled_size_ = 0;
  std::string tail_;
};

}  // namespace hikyaku::store
