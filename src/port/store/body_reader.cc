// SPDX-License-Identifier: Apache-2.0
#include "port/store/body_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "port/store/crc32c.h"
#include "port/store/engine_keys.h"

namespace hikyaku::store {
namespace {

/// More than that is not copied on the caller's thread, even from memory.
constexpr std::uint64_t kQuickBytes = 256 << 10;

/// An extent, or the part of one that was asked for.
struct Part {
  SegmentPtr segment;
  Body::Extent extent;
  std::uint64_t from = 0;
  std::uint64_t length = 0;
};

/// nullopt: a segment is gone, so the body must have moved.
std::optional<std::vector<Part>> parts_of(const Segments& segments, const Location& location,
                                          std::uint64_t offset, std::uint64_t length) {
  std::vector<Part> parts;
  std::uint64_t begin = 0;
  for (const auto& extent : location.extents) {
    const auto end = begin + extent.length;
    if (offset < end && length > 0) {
      const auto from = offset - begin;
      const auto here = std::min(length, extent.length - from);
      auto segment = segments.find(segment_of(extent.position));
      if (!segment) return std::nullopt;
      parts.push_back({std::move(segment), extent, from, here});
      offset += here;
      length -= here;
    }
    begin = end;
  }
  return parts;
}

Read<std::string> read_part(const Part& part, Db::From from) {
  const auto at = offset_of(part.extent.position) + BodyHeader::kBytes + part.from;
  auto& file = part.segment->file();
  auto octets =
      from == Db::From::kMemory ? file.read_cached(at, part.length) : file.read(at, part.length);
  if (!octets && octets.error() == EAGAIN) return std::nullopt;
  if (!octets) return io_error("reading", part.segment->path(), octets.error());
  const bool whole = part.length == part.extent.length;
  if (octets->size() != part.length || (whole && crc32c(*octets) != part.extent.crc))
    return retry_later(fmt::format("{} is damaged at octet {}: run `hikyaku store check`",
                                   part.segment->path(), offset_of(part.extent.position)));
  return *std::move(octets);
}

}  // namespace

Read<std::string> read_body(const Db& db, const Segments& segments, BodyId body,
                            std::uint64_t offset, std::uint64_t length, Db::From from) {
  std::string before;
  for (;;) {
    auto value = db.get(location_key(body), from);
    if (!value) return std::nullopt;
    if (!*value) return std::unexpected(std::move(*value).error());
    const auto location = **value ? Location::decode(***value) : std::nullopt;
    // A location that did not change, whose segment is gone, has lost it.
    if (!location || ***value == before)
      return retry_later(
          fmt::format("body {} is not there; run `hikyaku store check`", body.value));
    before = ***value;
    const auto parts = parts_of(segments, *location, offset, length);
    if (!parts) continue;
    std::string out;
    std::uint64_t sum = 0;
    for (const auto& part : *parts) sum += part.length;
    if (from == Db::From::kMemory && sum > kQuickBytes) return std::nullopt;
    if (parts->size() == 1) return read_part(parts->front(), from);
    out.reserve(sum);
    for (const auto& part : *parts) {
      auto octets = read_part(part, from);
      if (!octets || !*octets) return octets;
      out += **octets;
    }
    return out;
  }
}

}  // namespace hikyaku::store
