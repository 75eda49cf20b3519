// SPDX-License-Identifier: Apache-2.0
#include "port/store/segment_walk.h"

#include <fmt/format.h>

#include "port/store/crc32c.h"

namespace hikyaku::store {
namespace {

constexpr std::uint64_t kWindowBytes = 1 << 20;

}  // namespace

Status walk_bodies(const Segment& segment,
                   const std::function<Status(Position, const BodyHeader&)>& each) {
  std::uint64_t at = SegmentHeader::kBytes;
  for (;;) {
    auto octets = segment.file().read(at, kWindowBytes + BodyHeader::kBytes);
    if (!octets) return io_error("reading", segment.path(), octets.error());
    const std::string_view window = *octets;
    // Where the next window begins, when none of the bodies here goes beyond.
    std::uint64_t next = at + kWindowBytes;
    for (auto found = window.find(BodyHeader::kMagic);
         found != std::string_view::npos && found < kWindowBytes;) {
      const auto header = BodyHeader::decode(window.substr(found), segment.salt());
      if (!header) {
        found = window.find(BodyHeader::kMagic, found + 1);
        continue;
      }
      HK_TRY(each(position_of(segment.number(), at + found), *header));
      const auto end = found + BodyHeader::kBytes + header->length;
      next = std::max(next, at + end);
      found = end < window.size() ? window.find(BodyHeader::kMagic, end) : std::string_view::npos;
    }
    if (window.size() < kWindowBytes) return {};
    at = next;
  }
}

Result<std::string> read_extent(const Segment& segment, const Body::Extent& extent) {
  auto octets = segment.file().read(offset_of(extent.position) + BodyHeader::kBytes, extent.length);
  if (!octets) return io_error("reading", segment.path(), octets.error());
  if (octets->size() != extent.length || crc32c(*octets) != extent.crc)
    return retry_later(fmt::format("{} is damaged at octet {}: a body has a wrong CRC",
                                   segment.path(), offset_of(extent.position)));
  return *std::move(octets);
}

}  // namespace hikyaku::store
