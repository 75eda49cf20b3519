// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/chunk_codec.h"

#include <bit>
#include <cstring>
#include <limits>

#include "base/codec.h"

namespace hikyaku::mailbox {
namespace {

constexpr std::uint8_t kChunkFormat = 1;
constexpr std::uint8_t kTailFormat = 1;

/// Column kinds; the others are the width of an offset in octets: 1, 2, 4, 8.
constexpr std::uint8_t kConstant = 0x10;
constexpr std::uint8_t kCounting = 0x11;

static_assert(std::endian::native == std::endian::little, "offsets are copied as they lie");

std::unexpected<Error> damaged(std::string_view what) {
  return retry_later(std::string(what) + " is damaged; run `hikyaku store check`");
}

struct Shape {
  std::uint64_t smallest = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t largest = 0;
  bool counting = true;
};

template <class Get>
Shape shape_of(const std::vector<Entry>& entries, Get get) {
  Shape shape;
  std::uint64_t next = get(entries.front());
  for (const auto& entry : entries) {
    const std::uint64_t v = get(entry);
    shape.smallest = std::min(shape.smallest, v);
    shape.largest = std::max(shape.largest, v);
    shape.counting &= v == next++;
  }
  return shape;
}

template <class T, class Get>
void put_offsets(Encoder& out, const std::vector<Entry>& entries, std::uint64_t base, Get get) {
  std::string octets(entries.size() * sizeof(T), '\0');
  char* at = octets.data();
  for (const auto& entry : entries) {
    const T offset = static_cast<T>(get(entry) - base);
    std::memcpy(at, &offset, sizeof(T));
    at += sizeof(T);
  }
  out.string(octets);
}

template <class Get>
void put_column(Encoder& out, const std::vector<Entry>& entries, Get get) {
  const Shape shape = shape_of(entries, get);
  const std::uint64_t reach = shape.largest - shape.smallest;
  if (reach == 0) {
    out.u8(kConstant).varint(shape.smallest);
  } else if (shape.counting) {
    out.u8(kCounting).varint(shape.smallest);
  } else if (reach <= std::numeric_limits<std::uint8_t>::max()) {
    put_offsets<std::uint8_t>(out.u8(1).varint(shape.smallest), entries, shape.smallest, get);
  } else if (reach <= std::numeric_limits<std::uint16_t>::max()) {
    put_offsets<std::uint16_t>(out.u8(2).varint(shape.smallest), entries, shape.smallest, get);
  } else if (reach <= std::numeric_limits<std::uint32_t>::max()) {
    put_offsets<std::uint32_t>(out.u8(4).varint(shape.smallest), entries, shape.smallest, get);
  } else {
    put_offsets<std::uint64_t>(out.u8(8).varint(shape.smallest), entries, shape.smallest, get);
  }
}

template <class T, class Set>
bool take_offsets(Decoder& in, std::vector<Entry>& entries, std::uint64_t base, Set set) {
  const std::string_view octets = in.string();
  if (octets.size() != entries.size() * sizeof(T)) return false;
  const char* at = octets.data();
  for (auto& entry : entries) {
    T offset = 0;
    std::memcpy(&offset, at, sizeof(T));
    at += sizeof(T);
    set(entry, base + offset);
  }
  return true;
}

template <class Set>
bool take_column(Decoder& in, std::vector<Entry>& entries, Set set) {
  const std::uint8_t kind = in.u8();
  const std::uint64_t base = in.varint();
  switch (kind) {
    case kConstant:
      for (auto& entry : entries) set(entry, base);
      return true;
    case kCounting: {
      std::uint64_t v = base;
      for (auto& entry : entries) set(entry, v++);
      return true;
    }
    case 1: return take_offsets<std::uint8_t>(in, entries, base, set);
    case 2: return take_offsets<std::uint16_t>(in, entries, base, set);
    case 4: return take_offsets<std::uint32_t>(in, entries, base, set);
    case 8: return take_offsets<std::uint64_t>(in, entries, base, set);
    default: return false;
  }
}

bool rising_from(Uid key, const std::vector<Entry>& entries) {
  if (entries.front().uid < key || !entries.front().uid) return false;
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (entries[i].uid <= entries[i - 1].uid) return false;
  return true;
}

}  // namespace

std::string encode_chunk(const Index::Chunk& chunk) {
  const auto& entries = chunk.entries;
  Encoder out;
  out.u8(kChunkFormat).varint(entries.size());
  put_column(out, entries, [](const Entry& e) { return std::uint64_t{e.uid.value}; });
  put_column(out, entries, [](const Entry& e) { return std::uint64_t{e.flags}; });
  put_column(out, entries, [](const Entry& e) { return e.keywords; });
  put_column(out, entries, [](const Entry& e) { return e.modseq.value; });
  put_column(out, entries, [](const Entry& e) { return e.message.value; });
  put_column(out, entries, [](const Entry& e) { return std::uint64_t{e.size}; });
  return std::move(out).take();
}

Result<Index::ChunkPtr> decode_chunk(Uid key, std::string_view value) {
  Decoder in(value);
  if (in.u8() != kChunkFormat) return damaged("a chunk of a mailbox index");
  const std::uint64_t count = in.varint();
  if (!in.ok() || count == 0 || count > Index::kChunkEntries)
    return damaged("a chunk of a mailbox index");
  auto chunk = std::make_shared<Index::Chunk>();
  chunk->key = key;
  auto& entries = chunk->entries;
  entries.resize(count);
  const bool whole =
      take_column(in, entries,
                  [](Entry& e, std::uint64_t v) { e.uid = Uid(static_cast<std::uint32_t>(v)); }) &&
      take_column(in, entries,
                  [](Entry& e, std::uint64_t v) { e.flags = static_cast<std::uint32_t>(v); }) &&
      take_column(in, entries, [](Entry& e, std::uint64_t v) { e.keywords = v; }) &&
      take_column(in, entries, [](Entry& e, std::uint64_t v) { e.modseq = ModSeq(v); }) &&
      take_column(in, entries, [](Entry& e, std::uint64_t v) { e.message = MessageId(v); }) &&
      take_column(in, entries,
                  [](Entry& e, std::uint64_t v) { e.size = static_cast<std::uint32_t>(v); });
  if (!whole || !in.ok() || !in.at_end() || !rising_from(key, entries))
    return damaged("a chunk of a mailbox index");
  return chunk;
}

std::string encode_tail_entry(const Entry& entry) {
  Encoder out;
  out.u8(kTailFormat)
      .varint(entry.flags)
      .varint(entry.keywords)
      .varint(entry.modseq.value)
      .varint(entry.message.value)
      .varint(entry.size);
  return std::move(out).take();
}

Result<Entry> decode_tail_entry(Uid uid, std::string_view value) {
  Decoder in(value);
  const std::uint8_t format = in.u8();
  Entry entry;
  entry.uid = uid;
  entry.flags = static_cast<std::uint32_t>(in.varint());
  entry.keywords = in.varint();
  entry.modseq = ModSeq(in.varint());
  entry.message = MessageId(in.varint());
  entry.size = static_cast<std::uint32_t>(in.varint());
  if (format != kTailFormat || !uid || !in.ok() || !in.at_end())
    return damaged("an entry of a mailbox index");
  return entry;
}

}  // namespace hikyaku::mailbox
