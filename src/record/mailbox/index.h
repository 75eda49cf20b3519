// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
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
inline constexpr std::uint32_t kAllFlags = 31;

/// One message in one mailbox.
struct Entry {
  Uid uid;
  std::uint32_t flags = 0;     ///< Flag bits
  std::uint64_t keywords = 0;  ///< bit i = keyword i of the mailbox's table
  ModSeq modseq;
  MessageId message;       ///< the same for all copies of a message (EMAILID of RFC 8474)
  std::uint32_t size = 0;  ///< octets, RFC822.SIZE

  bool operator==(const Entry&) const = default;
};

/// The messages of a mailbox at one moment, by rising UID. Immutable and shared by all sessions: a
/// change makes a new Index that shares all unchanged parts with the old one.
///
/// Shape: message sequence number n (RFC 9051 §2.3.1.2) is at(n - 1). Old messages lie in chunks,
/// the
///        newest in a short tail; a message that comes in extends the tail and copies nothing.
/// Cost:  at() and find() are O(log chunks); iterate with for_each(), which walks chunks, or with a
///        Cursor.
class Index {
 public:
  static constexpr std::size_t kChunkEntries = 256;
  struct Chunk {
    Uid key;                     ///< names it in the store: not above its first uid
    std::vector<Entry> entries;  ///< 1 … kChunkEntries, by rising uid
  };
  using ChunkPtr = std::shared_ptr<const Chunk>;

  Index() = default;
  /// `tail` lies above all chunks.
  Index(std::vector<ChunkPtr> chunks, std::vector<Entry> tail);

  [[nodiscard]] std::size_t size() const { return chunked_size() + tail_size_; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const Entry& at(std::size_t position) const;
  /// Position of the message with this UID.
  [[nodiscard]] std::optional<std::size_t> find(Uid uid) const;
  /// Position of the first message with a UID not below this one; size() when there is none.
  [[nodiscard]] std::size_t lower_bound(Uid uid) const;

  /// Calls f(position, entry) for positions [begin, end).
  template <class F>
  void for_each(std::size_t begin, std::size_t end, F&& f) const;

  [[nodiscard]] std::span<const ChunkPtr> chunks() const;
  [[nodiscard]] std::span<const Entry> tail() const;
  /// Position of the first entry of chunk c; of the tail for c = chunks().size().
  [[nodiscard]] std::size_t chunk_begin(std::size_t c) const {
    return c == 0 ? 0 : base_->ends[c - 1];
  }

  class Cursor;

  /// This and one more, with a UID above all others. Cheap when this is the newest of its line.
  [[nodiscard]] Index with(const Entry& entry) const;
  /// The same chunks with another tail, or the same tail with other chunks.
  [[nodiscard]] Index with_tail(std::vector<Entry> tail) const;
  [[nodiscard]] Index with_chunks(std::vector<ChunkPtr> chunks) const;

  /// What it takes in memory, roughly.
  [[nodiscard]] std::size_t bytes() const { return size() * sizeof(Entry) + chunks().size() * 64; }

 private:
  struct Base {
    std::vector<ChunkPtr> chunks;
    std::vector<std::size_t> ends;  ///< ends[i] = number of entries in chunks 0 … i
  };
  /// Grows at its end only, which no Index that shares it looks at: each knows its own length.
  struct Tail;

  [[nodiscard]] std::size_t chunked_size() const { return base_ ? base_->ends.back() : 0; }
  static std::shared_ptr<const Base> make_base(std::vector<ChunkPtr> chunks);

  std::shared_ptr<const Base> base_;  ///< null: no chunks
  std::shared_ptr<Tail> tail_;        ///< null: no tail
  const Entry* tail_entries_ = nullptr;
  std::size_t tail_size_ = 0;
};

/// at() for positions that mostly lie near the one before. The Index must outlive it.
class Index::Cursor {
 public:
  explicit Cursor(const Index& index) : index_(index) {}

  [[nodiscard]] const Entry& at(std::size_t position) {
    if (position < begin_ || position - begin_ >= count_) move_to(position);
    return entries_[position - begin_];
  }

 private:
  void move_to(std::size_t position);

  const Index& index_;
  const Entry* entries_ = nullptr;  ///< of the chunk, or the tail, it stands in
  std::size_t begin_ = 0;
  std::size_t count_ = 0;
};

template <class F>
void Index::for_each(std::size_t begin, std::size_t end, F&& f) const {
  end = std::min(end, size());
  std::size_t position = begin;
  if (base_ && position < chunked_size()) {
    const auto first = std::upper_bound(base_->ends.begin(), base_->ends.end(), position);
    for (auto c = static_cast<std::size_t>(first - base_->ends.begin());
         c < base_->chunks.size() && position < end; ++c) {
      const auto& entries = base_->chunks[c]->entries;
      for (std::size_t i = position - chunk_begin(c); i < entries.size() && position < end; ++i)
        f(position++, entries[i]);
    }
  }
  for (; position < end; ++position) f(position, tail_entries_[position - chunked_size()]);
}

/// What a session that showed `before` has to tell its client to show `after`.
struct Difference {
  std::vector<std::size_t> gone;     ///< positions in `before`, rising
  std::vector<std::size_t> changed;  ///< positions in `after` whose flags or modseq differ, rising
  std::size_t added = 0;             ///< how many at the end of `after` are new
};

/// Cheap when the two share most of their chunks.
[[nodiscard]] Difference difference(const Index& before, const Index& after);

/// `after`, but with the messages at positions `gone` of `before` still in it: what a session shows
/// that may not tell of their end yet. Shares the chunks of `after` that it does not change; its
/// own may be longer than kChunkEntries, so it is for reading only.
[[nodiscard]] Index with_gone(const Index& after, const Index& before,
                              std::span<const std::size_t> gone);

}  // namespace hikyaku::mailbox
