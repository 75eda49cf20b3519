// SPDX-License-Identifier: Apache-2.0
#include "port/store/pieces.h"

#include <array>

#include "port/store/crc32c.h"

namespace hikyaku::store {

Result<std::pair<SegmentPtr, std::uint64_t>> Pieces::reserve(std::uint64_t bytes) {
  const auto used = segment_ ? segment_->used.load() : 0;
  if (!segment_ || segment_->sync_failed() ||
      (used + bytes > room_ && used > SegmentHeader::kBytes)) {
    HK_ASSIGN(auto next, segments_.make_for_pieces());
    if (segment_) segments_.seal(*segment_);
    segment_ = std::move(next);
    room_ = segments_.size_of(*segment_);
  }
  return std::pair(segment_, segment_->used.fetch_add(bytes));
}

Result<Pieces::Piece> Pieces::append(BodyId body, std::string_view octets) {
  Piece piece{{0, octets.size(), crc32c(octets)}, nullptr};
  SegmentPtr segment;
  std::uint64_t offset = 0;
  {
    const std::lock_guard lock(mutex_);
    HK_ASSIGN(auto place, reserve(bytes_in_segment(piece.extent)));
    std::tie(segment, offset) = std::move(place);
    piece.pin = std::make_shared<Pin>(segment);
  }
  piece.extent.position = position_of(segment->number(), offset);
  const BodyHeader header{body, static_cast<std::uint32_t>(octets.size()), piece.extent.crc};
  const auto head = header.encode(segment->salt());
  const std::array<std::string_view, 2> parts{head, octets};
  segment->mark_dirty();
  if (auto wrote = segment->file().write(offset, parts); !wrote)
    return io_error("writing", segment->path(), wrote.error());
  // Again: a sync may have come between.
  segment->mark_dirty();
  segment->file().begin_writing_back(offset, head.size() + octets.size());
  return piece;
}

}  // namespace hikyaku::store
