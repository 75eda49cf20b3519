// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/index_edit.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace hikyaku::mailbox {
namespace {

using Chunk = Index::Chunk;
using ChunkPtr = Index::ChunkPtr;

/// Chunks emptier than this look for a neighbour to join.
constexpr std::size_t kSparse = Index::kChunkEntries / 4;

std::vector<ChunkPtr> copy_chunks(const Index& index) {
  return {index.chunks().begin(), index.chunks().end()};
}

/// Puts entries after the last chunk, which is filled up first.
void fold(std::vector<ChunkPtr>& chunks, std::span<const Entry> entries, IndexEdit& edit) {
  std::size_t i = 0;
  while (i < entries.size()) {
    auto chunk = std::make_shared<Chunk>();
    const bool fill_up =
        i == 0 && !chunks.empty() && chunks.back()->entries.size() < Index::kChunkEntries;
    if (fill_up) {
      *chunk = *chunks.back();
      chunks.pop_back();
    } else {
      chunk->key = entries[i].uid;
    }
    const std::size_t room = Index::kChunkEntries - chunk->entries.size();
    const std::size_t count = std::min(room, entries.size() - i);
    chunk->entries.insert(chunk->entries.end(), entries.begin() + static_cast<std::ptrdiff_t>(i),
                          entries.begin() + static_cast<std::ptrdiff_t>(i + count));
    i += count;
    edit.chunks_put.push_back(chunk);
    chunks.push_back(std::move(chunk));
  }
}

}  // namespace

IndexEdit append(const Index& index, std::span<const Entry> entries) {
  IndexEdit edit;
  const auto tail = index.tail();
  if (tail.size() + entries.size() <= kTailEntries) {
    edit.index = index;
    for (const auto& entry : entries) edit.index = edit.index.with(entry);
    edit.tail_put.assign(entries.begin(), entries.end());
    return edit;
  }
  auto chunks = copy_chunks(index);
  std::vector<Entry> all(tail.begin(), tail.end());
  all.insert(all.end(), entries.begin(), entries.end());
  fold(chunks, all, edit);
  for (const auto& entry : tail) edit.tail_erased.push_back(entry.uid);
  edit.index = Index(std::move(chunks), {});
  return edit;
}

IndexEdit replace(const Index& index, std::span<const Replacement> replacements) {
  IndexEdit edit;
  if (replacements.empty()) {
    edit.index = index;
    return edit;
  }
  auto chunks = copy_chunks(index);
  const std::size_t tail_begin = index.chunk_begin(chunks.size());
  std::size_t i = 0;
  bool chunks_changed = false;
  for (std::size_t c = 0; i < replacements.size() && replacements[i].position < tail_begin; ++c) {
    // Straight to the chunk of the next position: most changes touch few of many chunks.
    while (index.chunk_begin(c + 1) <= replacements[i].position) ++c;
    auto chunk = std::make_shared<Chunk>(*chunks[c]);
    for (; i < replacements.size() && replacements[i].position < index.chunk_begin(c + 1); ++i) {
      Entry& entry = chunk->entries[replacements[i].position - index.chunk_begin(c)];
      HK_ASSERT(entry.uid == replacements[i].entry.uid);
      entry = replacements[i].entry;
    }
    edit.chunks_put.push_back(chunk);
    chunks[c] = std::move(chunk);
    chunks_changed = true;
  }
  edit.index = chunks_changed ? index.with_chunks(std::move(chunks)) : index;
  if (i == replacements.size()) return edit;
  std::vector<Entry> tail(index.tail().begin(), index.tail().end());
  for (; i < replacements.size(); ++i) {
    tail[replacements[i].position - tail_begin] = replacements[i].entry;
    edit.tail_put.push_back(replacements[i].entry);
  }
  edit.index = edit.index.with_tail(std::move(tail));
  return edit;
}

namespace {

/// Takes entries out of chunks, one by one along the mailbox, and joins what got small.
class Remover {
 public:
  Remover(const Index& index, std::span<const std::size_t> positions)
      : index_(index), positions_(positions) {}

  IndexEdit run() {
    const auto chunks = index_.chunks();
    for (std::size_t c = 0; c < chunks.size(); ++c) {
      const std::size_t end = index_.chunk_begin(c + 1);
      if (next_ == positions_.size() || positions_[next_] >= end)
        keep(chunks[c]);
      else
        thin(*chunks[c], index_.chunk_begin(c), end);
    }
    std::vector<Entry> tail;
    const std::size_t tail_begin = index_.chunk_begin(chunks.size());
    for (std::size_t i = 0; i < index_.tail().size(); ++i) {
      if (taken(tail_begin + i))
        edit_.tail_erased.push_back(index_.tail()[i].uid);
      else
        tail.push_back(index_.tail()[i]);
    }
    edit_.index = Index(std::move(out_), std::move(tail));
    edit_.chunks_put = std::move(dirty_);
    return std::move(edit_);
  }

 private:
  bool taken(std::size_t position) {
    if (next_ == positions_.size() || positions_[next_] != position) return false;
    ++next_;
    return true;
  }

  /// The chunk stays as it is, unless the one before is small and new anyway.
  void keep(const ChunkPtr& chunk) {
    if (last_is_dirty_ && out_.back()->entries.size() < kSparse && fits_last(chunk->entries)) {
      edit_.chunks_erased.push_back(chunk->key);
      join_last(chunk->entries);
      return;
    }
    out_.push_back(chunk);
    last_is_dirty_ = false;
  }

  void thin(const Chunk& chunk, std::size_t begin, std::size_t end) {
    auto left = std::make_shared<Chunk>();
    left->key = chunk.key;
    for (std::size_t p = begin; p < end; ++p)
      if (!taken(p)) left->entries.push_back(chunk.entries[p - begin]);
    if (left->entries.empty()) {
      edit_.chunks_erased.push_back(chunk.key);
      return;
    }
    const bool join = !out_.empty() && fits_last(left->entries) &&
                      (left->entries.size() < kSparse ||
                       (last_is_dirty_ && out_.back()->entries.size() < kSparse));
    if (join) {
      edit_.chunks_erased.push_back(chunk.key);
      join_last(left->entries);
      return;
    }
    dirty_.push_back(left);
    out_.push_back(std::move(left));
    last_is_dirty_ = true;
  }

  bool fits_last(const std::vector<Entry>& entries) const {
    return out_.back()->entries.size() + entries.size() <= Index::kChunkEntries;
  }

  void join_last(const std::vector<Entry>& entries) {
    auto joined = std::make_shared<Chunk>(*out_.back());
    joined->entries.insert(joined->entries.end(), entries.begin(), entries.end());
    if (last_is_dirty_)
      dirty_.back() = joined;
    else
      dirty_.push_back(joined);
    out_.back() = std::move(joined);
    last_is_dirty_ = true;
  }

  const Index& index_;
  std::span<const std::size_t> positions_;
  std::size_t next_ = 0;
  std::vector<ChunkPtr> out_;
  std::vector<ChunkPtr> dirty_;  ///< those of out_ that have to be written; the last one last
  bool last_is_dirty_ = false;   ///< out_.back() is dirty_.back()
  IndexEdit edit_;
};

}  // namespace

IndexEdit remove(const Index& index, std::span<const std::size_t> positions) {
  return Remover(index, positions).run();
}

std::size_t step_of(const Index& index, std::span<const std::size_t> positions) {
  const std::size_t most = std::min(positions.size(), kStepEntries);
  std::size_t chunks = 0, c = 0;
  std::size_t end = 0;  // of the chunk that the last position lies in
  for (std::size_t i = 0; i < most; ++i) {
    if (positions[i] < end) continue;
    while (c < index.chunks().size() && index.chunk_begin(c + 1) <= positions[i]) ++c;
    if (c == index.chunks().size()) return most;  // the tail is small
    if (++chunks > kStepChunks) return i;
    end = index.chunk_begin(c + 1);
  }
  return most;
}

}  // namespace hikyaku::mailbox
