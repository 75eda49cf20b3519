// SPDX-License-Identifier: Apache-2.0
#include "port/store/testing/sim_content.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace hikyaku::store {

std::string SimContent::read(std::uint64_t offset, std::uint64_t length) const {
  if (offset >= size_) return {};
  length = std::min(length, size_ - offset);
  std::string out(length, '\0');
  for (std::uint64_t at = offset; at < offset + length;) {
    const auto in_block = at % kBlockBytes;
    const auto part = std::min(kBlockBytes - in_block, offset + length - at);
    if (const auto& block = blocks_[at / kBlockBytes])
      std::memcpy(out.data() + (at - offset), block->data() + in_block, part);
    at += part;
  }
  return out;
}

void SimContent::write(std::uint64_t offset, std::string_view octets) {
  if (octets.empty()) return;
  if (size_ < offset + octets.size()) resize(offset + octets.size());
  while (!octets.empty()) {
    const auto in_block = offset % kBlockBytes;
    const auto part = std::min(kBlockBytes - in_block, octets.size());
    patch(offset / kBlockBytes, in_block, octets.substr(0, part));
    offset += part;
    octets.remove_prefix(part);
  }
}

void SimContent::take(const SimContent& from, std::uint64_t begin, std::uint64_t end) {
  HK_ASSERT(end <= from.size_);
  if (size_ < end) resize(end);
  for (auto at = begin; at < end;) {
    const auto n = at / kBlockBytes;
    const auto in_block = at % kBlockBytes;
    const auto part = std::min(kBlockBytes - in_block, end - at);
    const auto& source = from.blocks_[n];
    // A whole block, or what there is of the last one.
    if (in_block == 0 && (part == kBlockBytes || (at + part == size_ && size_ == from.size_)))
      blocks_[n] = source;
    else if (blocks_[n] != source)
      patch(n, in_block, from.read(at, part));
    at += part;
  }
}

void SimContent::resize(std::uint64_t size) {
  blocks_.resize((size + kBlockBytes - 1) / kBlockBytes);
  if (const auto kept = size % kBlockBytes; size < size_ && kept != 0)
    patch(size / kBlockBytes, kept, std::string(kBlockBytes - kept, '\0'));
  size_ = size;
}

void SimContent::patch(std::size_t n, std::uint64_t offset, std::string_view octets) {
  static constexpr Block kZeros{};
  const auto& before = blocks_[n];
  if (std::memcmp((before ? *before : kZeros).data() + offset, octets.data(), octets.size()) == 0)
    return;
  auto after = std::make_shared<Block>(before ? *before : kZeros);
  std::memcpy(after->data() + offset, octets.data(), octets.size());
  blocks_[n] = std::move(after);
}

}  // namespace hikyaku::store
