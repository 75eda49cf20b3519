// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "port/store/body.h"

/// The octets of the log; docs/formats/log.md has the tables.
namespace hikyaku::store {

/// A place in the log: the segment's number in the upper half, the offset in its file below.
using Position = std::uint64_t;
[[nodiscard]] constexpr Position position_of(std::uint32_t segment, std::uint64_t offset) {
  return static_cast<Position>(segment) << 32 | offset;
}
[[nodiscard]] constexpr std::uint32_t segment_of(Position position) {
  return static_cast<std::uint32_t>(position >> 32);
}
[[nodiscard]] constexpr std::uint32_t offset_of(Position position) {
  return static_cast<std::uint32_t>(position);
}

inline constexpr std::uint8_t kLogFormat = 1;

enum class SegmentKind : std::uint8_t {
  kBatches = 1,  ///< batches with their bodies, in the order of their commits
  kPieces = 2,   ///< pieces of large bodies, and bodies that were moved; in no order
};

/// At offset 0 of each segment file. The salt is random: octets of a former life of a recycled
/// file, or of a peer's making, never look like a record of this one.
struct SegmentHeader {
  static constexpr std::size_t kBytes = 32;
  SegmentKind kind = SegmentKind::kBatches;
  std::uint32_t number = 0;
  std::uint64_t salt = 0;

  [[nodiscard]] std::string encode() const;
  static std::optional<SegmentHeader> decode(std::string_view octets);
};

/// Before the bodies and the changes of one batch.
struct BatchHeader {
  static constexpr std::size_t kBytes = 40;
  std::uint32_t bodies_length = 0;
  std::uint32_t changes_length = 0;
  std::uint32_t changes_crc = 0;
  std::uint64_t sequence = 0;

  [[nodiscard]] std::uint64_t batch_bytes() const {
    return kBytes + std::uint64_t{bodies_length} + changes_length;
  }
  [[nodiscard]] std::string encode(std::uint64_t salt) const;
  static std::optional<BatchHeader> decode(std::string_view octets, std::uint64_t salt);
};

/// Before the octets of a body, or of a piece of one.
struct BodyHeader {
  static constexpr std::size_t kBytes = 24;
  static constexpr std::string_view kMagic = "HKBY";
  BodyId id;
  std::uint32_t length = 0;
  std::uint32_t crc = 0;

  [[nodiscard]] std::string encode(std::uint64_t salt) const;
  static std::optional<BodyHeader> decode(std::string_view octets, std::uint64_t salt);
};

/// One change of a batch, as it is logged: what has to be done to the records, checks and counters
/// already worked out.
struct Change {
  enum class Kind : std::uint8_t { kPut = 1, kErase = 2 };
  Kind kind = Kind::kPut;
  std::string_view key;
  std::string_view value;
};
void append_change(std::string& out, const Change& change);
/// False when the octets are not whole changes.
bool read_changes(std::string_view octets, const std::function<void(const Change&)>& each);

/// Where a body lies. Its extents in order are its octets.
struct Location {
  static constexpr std::uint8_t kFormat = 1;
  std::vector<Body::Extent> extents;  ///< position is that of the BodyHeader

  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] std::string encode() const;
  static std::optional<Location> decode(std::string_view octets);
};

/// Octets that an extent takes in its segment.
[[nodiscard]] inline std::uint64_t bytes_in_segment(const Body::Extent& extent) {
  return BodyHeader::kBytes + extent.length;
}

}  // namespace hikyaku::store
