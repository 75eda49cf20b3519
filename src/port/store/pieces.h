// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "port/store/body.h"
#include "port/store/segments.h"

namespace hikyaku::store {

/// Appends pieces of bodies that nothing refers to yet, to segments of their own.
///
/// Why segments of their own: the batches' log is replayed from end to end, so a piece that a crash
/// left half written must not lie in it; and the sync of small commits need not wait for large
/// mail. A piece is durable only after sync() of its segment. Threads: any; blocks on disk.
class Pieces {
 public:
  explicit Pieces(Segments& segments) : segments_(segments) {}

  struct Piece {
    Body::Extent extent;
    std::shared_ptr<Pin> pin;  ///< as long as it lives, the piece stays
  };
  Result<Piece> append(BodyId body, std::string_view octets);

 private:
  Result<std::pair<SegmentPtr, std::uint64_t>> reserve(std::uint64_t bytes);

  Segments& segments_;
  std::mutex mutex_;
  SegmentPtr segment_;
  std::uint64_t room_ = 0;  ///< size that the file was given
};

}  // namespace hikyaku::store
