// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "record/queue/queue.h"

namespace hikyaku::delivery {

/// What is due at one site: senders' domains take turns, in a domain its senders do, and what one
/// sender has waits in its order. So a list of very many recipients, under one sender's name or
/// under a name for each, delays nobody of another domain by more than one message.
///
/// Holds nodes that belong to the caller, each in one Turns at a time.
class Turns {
 public:
  struct Node {
    Node* before = nullptr;
    Node* after = nullptr;
    queue::SenderKey sender;
  };

  void push(Node& node);
  void remove(Node& node);
  /// Whose turn it is, taken out; nullptr when there is nothing.
  Node* take();

  [[nodiscard]] bool empty() const { return domains_.empty(); }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Line {
    Node* first = nullptr;
    Node* last = nullptr;
  };
  struct Domain {
    std::map<std::uint32_t, Line> senders;
    std::uint32_t served = 0;  ///< the sender who had the last turn
  };
  using Place = std::map<std::uint32_t, Domain>::iterator;

  void unlink(Place domain, std::map<std::uint32_t, Line>::iterator sender, Node& node);

  std::map<std::uint32_t, Domain> domains_;
  std::uint32_t served_ = 0;  ///< the domain that had the last turn
  std::size_t size_ = 0;
};

}  // namespace hikyaku::delivery
