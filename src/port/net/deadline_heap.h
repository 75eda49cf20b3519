// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "base/clock.h"

namespace hikyaku::net {

/// A moment that somebody wants to be told of; lies in its owner.
struct DeadlineNode {
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  void (*expired)(DeadlineNode*) noexcept = nullptr;
  SteadyTime at{};
  std::size_t place = kNowhere;
  [[nodiscard]] bool waiting() const { return place != kNowhere; }
};

/// The deadlines of a loop, the earliest on top: a binary heap whose nodes know their places.
///
/// Most deadlines are moved before they come. So owners leave a node where it is when its deadline
/// moves back, and look again when it fires: an operation costs no heap work at all.
/// Threads: one.
class DeadlineHeap {
 public:
  /// Puts the node in, or moves it.
  void set(DeadlineNode& node, SteadyTime at);
  void remove(DeadlineNode& node) noexcept;
  /// SteadyTime::max() when it is empty.
  [[nodiscard]] SteadyTime earliest() const;
  /// Takes the earliest node out if its time has come; nullptr otherwise.
  DeadlineNode* take_due(SteadyTime now) noexcept;
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

 private:
  void put(std::size_t place, DeadlineNode* node) noexcept;
  void rise(std::size_t place) noexcept;
  void sink(std::size_t place) noexcept;
  std::vector<DeadlineNode*> nodes_;
};

}  // namespace hikyaku::net
