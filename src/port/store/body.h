// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"

namespace hikyaku::store {

/// A message's octets on their way into the store: appended as they arrive, with a part in front
/// (trace header fields) that may be set last, when filtering has spoken.
///
/// Memory is bounded by kSpillBytes when the owner spills as asked; a small message never leaves
/// memory before its commit, and is written once, with it.
///
/// A copy is cheap: it shares the octets until one side appends, so that a transaction can be
/// submitted again after a conflict. Threads: one owner at a time; copies are independent.
class Body {
 public:
  /// A piece that already lies in the engine's log. Opaque to all but the engine.
  struct Extent {
    std::uint64_t position = 0;
    std::uint64_t length = 0;
    std::uint32_t crc = 0;  ///< CRC32C of its octets
  };
  static constexpr std::size_t kSpillBytes = 256 * 1024;

  explicit Body(BodyId id) : id_(id) {}

  void append(std::string_view octets) {
    // use_count() is exact enough: a copy is only made by our owner, who is the one calling.
    if (tail_.use_count() > 1)
      tail_ = std::make_shared<std::string>(*tail_);
    else if (!tail_)
      tail_ = std::make_shared<std::string>();
    tail_->append(octets);
  }
  /// Replaces the part in front of all that is appended.
  void set_front(std::string octets) {
    front_ = std::make_shared<const std::string>(std::move(octets));
  }

  [[nodiscard]] BodyId id() const { return id_; }
  /// In octets, the front included.
  [[nodiscard]] std::uint64_t size() const {
    return front().size() + spilled_size_ + tail().size();
  }
  [[nodiscard]] bool wants_spill() const { return tail().size() >= kSpillBytes; }

  /// For the engine.
  [[nodiscard]] const std::string& front() const { return front_ ? *front_ : empty(); }
  [[nodiscard]] const std::string& tail() const { return tail_ ? *tail_ : empty(); }
  [[nodiscard]] const std::vector<Extent>& spilled() const { return spilled_; }
  /// The engine wrote the tail to its log as `extent`. `lease` keeps the piece from being collected
  /// until the last copy of this body has died.
  void tail_spilled_to(Extent extent, std::shared_ptr<void> lease) {
    spilled_size_ += extent.length;
    spilled_.push_back(extent);
    leases_.push_back(std::move(lease));
    tail_.reset();
  }

 private:
  static const std::string& empty() {
    static const std::string none;
    return none;
  }

  BodyId id_;
  std::shared_ptr<const std::string> front_;
  std::vector<Extent> spilled_;
  std::vector<std::shared_ptr<void>> leases_;
  std::uint64_t spilled_size_ = 0;
  std::shared_ptr<std::string> tail_;
};

}  // namespace hikyaku::store
