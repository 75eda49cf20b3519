// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/index.h"

#include <atomic>
#include <iterator>
#include <utility>

#include "base/assert.h"

namespace hikyaku::mailbox {

struct Index::Tail {
  explicit Tail(std::size_t room) : entries(std::make_unique<Entry[]>(room)), capacity(room) {}

  std::unique_ptr<Entry[]> entries;
  std::size_t capacity;
  std::atomic<std::size_t> used{0};  ///< the Index of this length is the newest of its line
};

namespace {

constexpr std::size_t kTailRoom = 64;

bool below(const Entry& entry, Uid uid) { return entry.uid < uid; }

}  // namespace

std::shared_ptr<const Index::Base> Index::make_base(std::vector<ChunkPtr> chunks) {
  if (chunks.empty()) return nullptr;
  auto base = std::make_shared<Base>();
  base->ends.reserve(chunks.size());
  std::size_t end = 0;
  for (const auto& chunk : chunks) base->ends.push_back(end += chunk->entries.size());
  base->chunks = std::move(chunks);
  return base;
}

Index::Index(std::vector<ChunkPtr> chunks, std::vector<Entry> tail)
    : base_(make_base(std::move(chunks))) {
  *this = with_tail(std::move(tail));
}

std::span<const Index::ChunkPtr> Index::chunks() const {
  if (!base_) return {};
  return base_->chunks;
}

std::span<const Entry> Index::tail() const { return {tail_entries_, tail_size_}; }

const Entry& Index::at(std::size_t position) const {
  HK_ASSERT(position < size());
  if (position >= chunked_size()) return tail_entries_[position - chunked_size()];
  const auto end = std::upper_bound(base_->ends.begin(), base_->ends.end(), position);
  const auto c = static_cast<std::size_t>(end - base_->ends.begin());
  return base_->chunks[c]->entries[position - chunk_begin(c)];
}

void Index::Cursor::move_to(std::size_t position) {
  HK_ASSERT(position < index_.size());
  begin_ = index_.chunked_size();
  if (position >= begin_) {
    entries_ = index_.tail_entries_;
    count_ = index_.tail_size_;
    return;
  }
  const auto& ends = index_.base_->ends;
  const auto c =
      static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), position) - ends.begin());
  const auto& entries = index_.base_->chunks[c]->entries;
  begin_ = index_.chunk_begin(c);
  entries_ = entries.data();
  count_ = entries.size();
}

std::size_t Index::lower_bound(Uid uid) const {
  if (base_ && base_->chunks.back()->entries.back().uid >= uid) {
    const auto chunk = std::lower_bound(
        base_->chunks.begin(), base_->chunks.end(), uid,
        [](const ChunkPtr& c, Uid wanted) { return c->entries.back().uid < wanted; });
    const auto& entries = (*chunk)->entries;
    const auto entry = std::lower_bound(entries.begin(), entries.end(), uid, below);
    return chunk_begin(static_cast<std::size_t>(chunk - base_->chunks.begin())) +
           static_cast<std::size_t>(entry - entries.begin());
  }
  const auto* entry = std::lower_bound(tail_entries_, tail_entries_ + tail_size_, uid, below);
  return chunked_size() + static_cast<std::size_t>(entry - tail_entries_);
}

std::optional<std::size_t> Index::find(Uid uid) const {
  const std::size_t position = lower_bound(uid);
  if (position == size() || at(position).uid != uid) return std::nullopt;
  return position;
}

Index Index::with(const Entry& entry) const {
  HK_ASSERT(empty() || at(size() - 1).uid < entry.uid);
  Index next = *this;
  std::size_t expected = tail_size_;
  const bool newest = tail_ && tail_size_ < tail_->capacity &&
                      tail_->used.compare_exchange_strong(expected, tail_size_ + 1);
  if (!newest) {
    next.tail_ = std::make_shared<Tail>(std::max(kTailRoom, tail_size_ * 2));
    std::copy_n(tail_entries_, tail_size_, next.tail_->entries.get());
    next.tail_->used = tail_size_ + 1;
    next.tail_entries_ = next.tail_->entries.get();
  }
  next.tail_->entries[tail_size_] = entry;
  next.tail_size_ = tail_size_ + 1;
  return next;
}

Index Index::with_tail(std::vector<Entry> tail) const {
  Index next;
  next.base_ = base_;
  if (tail.empty()) return next;
  next.tail_ = std::make_shared<Tail>(tail.size() + kTailRoom);
  std::copy(tail.begin(), tail.end(), next.tail_->entries.get());
  next.tail_->used = tail.size();
  next.tail_entries_ = next.tail_->entries.get();
  next.tail_size_ = tail.size();
  return next;
}

Index Index::with_chunks(std::vector<ChunkPtr> chunks) const {
  Index next = *this;
  next.base_ = make_base(std::move(chunks));
  return next;
}

namespace {

/// Walks two indexes side by side, and over chunks that both share in one step.
class Comparison {
 public:
  Comparison(const Index& before, const Index& after)
      : before_(before), after_(after), before_at_(before), after_at_(after) {}

  Difference run() {
    while (i_ < before_.size() && j_ < after_.size()) {
      if (skip_shared()) continue;
      compare(before_at_.at(i_), after_at_.at(j_));
    }
    for (; i_ < before_.size(); ++i_) out_.gone.push_back(i_);
    out_.added += after_.size() - j_;
    return std::move(out_);
  }

 private:
  void compare(const Entry& old, const Entry& now) {
    if (old.uid < now.uid) {
      out_.gone.push_back(i_++);
    } else if (now.uid < old.uid) {
      // Why: a UID below one that was there cannot be new; an index of another mailbox could do it.
      ++out_.added;
      ++j_;
    } else {
      if (old != now) out_.changed.push_back(j_);
      ++i_;
      ++j_;
    }
  }

  bool skip_shared() {
    while (a_ < before_.chunks().size() && before_.chunk_begin(a_) < i_) ++a_;
    while (b_ < after_.chunks().size() && after_.chunk_begin(b_) < j_) ++b_;
    if (a_ == before_.chunks().size() || b_ == after_.chunks().size()) return false;
    if (before_.chunk_begin(a_) != i_ || after_.chunk_begin(b_) != j_) return false;
    if (before_.chunks()[a_] != after_.chunks()[b_]) return false;
    i_ += before_.chunks()[a_]->entries.size();
    j_ += after_.chunks()[b_]->entries.size();
    return true;
  }

  const Index& before_;
  const Index& after_;
  Index::Cursor before_at_, after_at_;
  Difference out_;
  std::size_t i_ = 0, j_ = 0;  ///< positions
  std::size_t a_ = 0, b_ = 0;  ///< chunks at or after them
};

}  // namespace

Difference difference(const Index& before, const Index& after) {
  return Comparison(before, after).run();
}

Index with_gone(const Index& after, const Index& before, std::span<const std::size_t> gone) {
  const auto by_uid = [](const Entry& a, const Entry& b) { return a.uid < b.uid; };
  std::vector<Entry> kept;
  kept.reserve(gone.size());
  Index::Cursor cursor(before);
  for (const std::size_t position : gone) kept.push_back(cursor.at(position));
  auto next = kept.begin();
  std::vector<Index::ChunkPtr> chunks;
  chunks.reserve(after.chunks().size());
  for (const auto& chunk : after.chunks()) {
    const auto end = std::lower_bound(next, kept.end(), chunk->entries.back(), by_uid);
    if (next == end) {
      chunks.push_back(chunk);
      continue;
    }
    Index::Chunk merged{.key = std::min(chunk->key, next->uid), .entries = {}};
    std::merge(chunk->entries.begin(), chunk->entries.end(), next, end,
               std::back_inserter(merged.entries), by_uid);
    chunks.push_back(std::make_shared<const Index::Chunk>(std::move(merged)));
    next = end;
  }
  std::vector<Entry> tail;
  std::merge(next, kept.end(), after.tail().begin(), after.tail().end(), std::back_inserter(tail),
             by_uid);
  return {std::move(chunks), std::move(tail)};
}

}  // namespace hikyaku::mailbox
