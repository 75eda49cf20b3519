// SPDX-License-Identifier: Apache-2.0
#include "port/store/log_format.h"

#include "base/codec.h"
#include "port/store/crc32c.h"

namespace hikyaku::store {
namespace {

constexpr std::string_view kSegmentMagic = "HKSG";
constexpr std::string_view kBatchMagic = "HKBT";
constexpr std::size_t kCrcBytes = 4;

std::string with_crc(std::string octets, std::uint32_t seed) {
  Encoder crc;
  crc.u32(crc32c(octets, seed));
  return octets.append(crc.view());
}

/// What comes before the CRC, if that is right and the magic too.
std::optional<std::string_view> checked(std::string_view octets, std::size_t bytes,
                                        std::string_view magic, std::uint32_t seed) {
  if (octets.size() < bytes || !octets.starts_with(magic)) return std::nullopt;
  const auto content = octets.substr(0, bytes - kCrcBytes);
  if (Decoder(octets.substr(content.size(), kCrcBytes)).u32() != crc32c(content, seed))
    return std::nullopt;
  return content.substr(magic.size());
}

std::uint32_t seed_of(std::uint64_t salt) {
  Encoder octets;
  octets.u64(salt);
  return crc32c(octets.view());
}

}  // namespace

std::string SegmentHeader::encode() const {
  Encoder out;
  out.raw(kSegmentMagic).u8(kLogFormat).u8(static_cast<std::uint8_t>(kind)).u16(0);
  out.u32(number).u64(salt).u64(0);
  return with_crc(std::move(out).take(), 0);
}

std::optional<SegmentHeader> SegmentHeader::decode(std::string_view octets) {
  const auto content = checked(octets, kBytes, kSegmentMagic, 0);
  if (!content) return std::nullopt;
  Decoder in(*content);
  if (in.u8() != kLogFormat) return std::nullopt;
  SegmentHeader header;
  header.kind = static_cast<SegmentKind>(in.u8());
  in.u16();
  header.number = in.u32();
  header.salt = in.u64();
  return header;
}

std::string BatchHeader::encode(std::uint64_t salt) const {
  Encoder out;
  out.raw(kBatchMagic).u32(bodies_length).u32(changes_length).u32(changes_crc);
  out.u64(sequence).u64(salt).u32(0);
  return with_crc(std::move(out).take(), seed_of(salt));
}

std::optional<BatchHeader> BatchHeader::decode(std::string_view octets, std::uint64_t salt) {
  const auto content = checked(octets, kBytes, kBatchMagic, seed_of(salt));
  if (!content) return std::nullopt;
  Decoder in(*content);
  BatchHeader header;
  header.bodies_length = in.u32();
  header.changes_length = in.u32();
  header.changes_crc = in.u32();
  header.sequence = in.u64();
  if (in.u64() != salt) return std::nullopt;
  return header;
}

std::string BodyHeader::encode(std::uint64_t salt) const {
  Encoder out;
  out.raw(kMagic).u64(id.value).u32(length).u32(crc);
  return with_crc(std::move(out).take(), seed_of(salt));
}

std::optional<BodyHeader> BodyHeader::decode(std::string_view octets, std::uint64_t salt) {
  const auto content = checked(octets, kBytes, kMagic, seed_of(salt));
  if (!content) return std::nullopt;
  Decoder in(*content);
  BodyHeader header;
  header.id = BodyId(in.u64());
  header.length = in.u32();
  header.crc = in.u32();
  return header;
}

void append_change(std::string& out, const Change& change) {
  Encoder head;
  head.u8(static_cast<std::uint8_t>(change.kind)).varint(change.key.size());
  if (change.kind != Change::Kind::kErase) head.varint(change.value.size());
  out.append(head.view()).append(change.key);
  if (change.kind != Change::Kind::kErase) out.append(change.value);
}

bool read_changes(std::string_view octets, const std::function<void(const Change&)>& each) {
  while (!octets.empty()) {
    Decoder in(octets);
    Change change;
    change.kind = static_cast<Change::Kind>(in.u8());
    if (change.kind < Change::Kind::kPut || change.kind > Change::Kind::kErase) return false;
    const auto key_size = in.varint();
    const auto value_size = change.kind == Change::Kind::kErase ? 0 : in.varint();
    if (!in.ok()) return false;
    const auto rest = in.rest();
    if (key_size > rest.size() || value_size > rest.size() - key_size) return false;
    change.key = rest.substr(0, key_size);
    change.value = rest.substr(key_size, value_size);
    each(change);
    octets = rest.substr(key_size + value_size);
  }
  return true;
}

std::uint64_t Location::size() const {
  std::uint64_t sum = 0;
  for (const auto& extent : extents) sum += extent.length;
  return sum;
}

std::string Location::encode() const {
  Encoder out;
  out.u8(kFormat).varint(extents.size());
  for (const auto& extent : extents) out.u64(extent.position).varint(extent.length).u32(extent.crc);
  return std::move(out).take();
}

std::optional<Location> Location::decode(std::string_view octets) {
  Decoder in(octets);
  if (in.u8() != kFormat) return std::nullopt;
  const auto count = in.varint();
  if (count > octets.size()) return std::nullopt;
  Location location;
  for (std::uint64_t i = 0; i < count; ++i) {
    Body::Extent extent;
    extent.position = in.u64();
    extent.length = in.varint();
    extent.crc = in.u32();
    location.extents.push_back(extent);
  }
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return location;
}

}  // namespace hikyaku::store
