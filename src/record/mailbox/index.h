// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.h"

namespace hikyaku::mailbox {

/// System flags of RFC 9051 §2.3.2 as bits.
enum Flag : std::uint32_t {
  kSeen = 1,
  kAnswered = 2,
  kFlagged = 4,
  kDeleted = 8,
  kDraft = 16,
};

/// One message in one mailbox.
struct Entry {
  Uid uid;
  std::uint32_t flags = 0;     ///< Flag bits
  std::uint64_t keywords = 0;  ///< bit i = keyword i of the mailbox's table
  ModSeq modseq;
  MessageId message;
};

/// The messages of a mailbox at one moment, by rising UID. Immutable and shared by all sessions: a
/// change makes a new Index that shares all unchanged chunks with the old one.
///
/// Shape: message sequence number n (RFC 9051 §2.3.1.2) is at(n - 1).
/// Cost:  at() and find() are O(log chunks); iterate with for_each(), which walks chunks.
class Index {
 public:
  static constexpr std::size_t kChunkEntries = 256;
  struct Chunk {
    std::vector<Entry> entries;  ///< 1 … kChunkEntries, by rising uid
  };
  using ChunkPtr = std::shared_ptr<const Chunk>;

  Index() = default;
  explicit Index(std::vector<ChunkPtr> chunks);

  [[nodiscard]] std::size_t size() const { return chunks_.empty() ? 0 : ends_.back(); }
  [[nodiscard]] const Entry& at(std::size_t position) const;
  /// Position of the message with this UID.
  [[nodiscard]] std::optional<std::size_t> find(Uid uid) const;
  /// Position of the first message with a UID not below this one; size() when there is none.
  [[nodiscard]] std::size_t lower_bound(Uid uid) const;

  /// Calls f(position, entry) for positions [begin, end).
  template <class F>
  void for_each(std::size_t begin, std::size_t end, F&& f) const;

  [[nodiscard]] const std::vector<ChunkPtr>& chunks() const { return chunks_; }

 private:
  std::vector<ChunkPtr> chunks_;
  std::vector<std::size_t> ends_;  ///< ends_[i] = number of entries in chunks 0 … i
};

template <class F>
void Index::for_each(std::size_t begin, std::size_t end, F&& f) const {
  std::size_t position = 0;
  for (std::size_t c = 0; c < chunks_.size() && position < end; ++c) {
    const auto& entries = chunks_[c]->entries;
    if (ends_[c] > begin) {
      for (std::size_t i = begin > position ? begin - position : 0;
           i < entries.size() && position + i < end; ++i)
        f(position + i, entries[i]);
    }
    position = ends_[c];
  }
}

}  // namespace hikyaku::mailbox
