// SPDX-License-Identifier: Apache-2.0
// Goal: an Index finds, walks and compares like a plain list, in every shape of chunks and tail,
// and one that is shared never changes.
#include "record/mailbox/index.h"

#include <gtest/gtest.h>

#include <random>

#include "record/mailbox/index_edit.h"

namespace hikyaku::mailbox {
namespace {

Entry entry(std::uint32_t uid) {
  Entry out;
  out.uid = Uid(uid);
  out.flags = uid % 32;
  out.modseq = ModSeq(uid);
  out.message = MessageId(1000 + uid);
  out.size = uid * 3;
  return out;
}

std::vector<Entry> list_of(const Index& index) {
  std::vector<Entry> out;
  index.for_each(0, index.size(), [&](std::size_t position, const Entry& e) {
    EXPECT_EQ(position, out.size());
    out.push_back(e);
  });
  return out;
}

/// A plain list beside an index that gets the same edits, and the records a store would hold.
class Twin {
 public:
  explicit Twin(unsigned seed) : random_(seed) {}

  void step() {
    const Index before = index_;
    const auto before_list = list_;
    switch (random_() % 5) {
      case 0: add(1); break;
      case 1: add(random_() % 700); break;
      case 2: change(); break;
      default: remove();
    }
    check();
    EXPECT_EQ(list_of(before), before_list);
    check_difference(before, before_list);
  }

 private:
  std::vector<std::size_t> some_positions() {
    std::vector<std::size_t> out;
    if (list_.empty()) return out;
    const std::size_t from = random_() % list_.size(), to = from + random_() % 600;
    const unsigned every = 1 + random_() % 4;
    for (std::size_t p = from; p < std::min(to, list_.size()); ++p)
      if (random_() % every == 0) out.push_back(p);
    return out;
  }

  void add(std::size_t count) {
    std::vector<Entry> fresh;
    for (std::size_t i = 0; i < count; ++i) fresh.push_back(entry(next_ += 1 + random_() % 3));
    apply(append(index_, fresh));
    list_.insert(list_.end(), fresh.begin(), fresh.end());
  }
  void change() {
    std::vector<Replacement> changes;
    for (const std::size_t position : some_positions()) {
      list_[position].flags ^= 1;
      changes.push_back({position, list_[position]});
    }
    apply(replace(index_, changes));
  }
  void remove() {
    const auto positions = some_positions();
    apply(mailbox::remove(index_, positions));
    for (auto p = positions.rbegin(); p != positions.rend(); ++p)
      list_.erase(list_.begin() + static_cast<std::ptrdiff_t>(*p));
  }

  void apply(const IndexEdit& edit) {
    for (const Uid key : edit.chunks_erased) EXPECT_EQ(chunks_.erase(key), 1U);
    for (const auto& chunk : edit.chunks_put) chunks_[chunk->key] = chunk;
    for (const Uid uid : edit.tail_erased) EXPECT_EQ(tail_.erase(uid), 1U);
    for (const auto& e : edit.tail_put) tail_[e.uid] = e;
    index_ = edit.index;
  }

  void check() {
    ASSERT_EQ(list_of(index_), list_);
    std::vector<Index::ChunkPtr> chunks;
    for (const auto& [key, chunk] : chunks_) {
      EXPECT_LE(key, chunk->entries.front().uid);
      EXPECT_LE(chunk->entries.size(), Index::kChunkEntries);
      chunks.push_back(chunk);
    }
    std::vector<Entry> tail;
    for (const auto& [uid, e] : tail_) tail.push_back(e);
    EXPECT_LE(tail.size(), kTailEntries);
    // What the store would hold is what is in memory.
    ASSERT_EQ(list_of(Index(chunks, tail)), list_);
    EXPECT_EQ(index_.tail().size(), tail.size());
    if (list_.empty()) return;
    for (int i = 0; i < 20; ++i) {
      const std::size_t p = random_() % list_.size();
      EXPECT_EQ(index_.at(p), list_[p]);
      EXPECT_EQ(index_.find(list_[p].uid), p);
      const Uid gap(list_[p].uid.value + 1);
      const std::size_t next = p + 1;
      EXPECT_EQ(index_.lower_bound(gap), next);
      const std::size_t end = p + random_() % 300;
      std::size_t seen = p;
      index_.for_each(p, end, [&](std::size_t position, const Entry& e) {
        EXPECT_EQ(position, seen);
        EXPECT_EQ(e, list_[seen++]);
      });
      EXPECT_EQ(seen, std::min(end, list_.size()));
    }
  }

  void check_difference(const Index& before, std::vector<Entry> old) {
    const auto found = difference(before, index_);
    for (auto p = found.gone.rbegin(); p != found.gone.rend(); ++p)
      old.erase(old.begin() + static_cast<std::ptrdiff_t>(*p));
    ASSERT_EQ(old.size() + found.added, list_.size());
    for (const std::size_t p : found.changed) {
      EXPECT_NE(old[p], list_[p]);
      old[p] = list_[p];
    }
    old.insert(old.end(), list_.begin() + static_cast<std::ptrdiff_t>(old.size()), list_.end());
    EXPECT_EQ(old, list_);
  }

  std::mt19937 random_;
  Index index_;
  std::vector<Entry> list_;
  std::map<Uid, Index::ChunkPtr> chunks_;
  std::map<Uid, Entry> tail_;
  std::uint32_t next_ = 0;
};

TEST(Index, LooksLikeAListWhateverHappens) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Twin twin(seed);
    for (int i = 0; i < 60; ++i) ASSERT_NO_FATAL_FAILURE(twin.step()) << "seed " << seed;
  }
}

TEST(Index, EmptyOneHasNothing) {
  const Index index;
  EXPECT_EQ(index.size(), 0U);
  EXPECT_EQ(index.find(Uid(1)), std::nullopt);
  EXPECT_EQ(index.lower_bound(Uid(1)), 0U);
}

TEST(Index, TwoThatGrowFromOneDoNotMix) {
  const Index base = Index().with(entry(1));
  const Index left = base.with(entry(2)), right = base.with(entry(3));
  EXPECT_EQ(left.at(1).uid, Uid(2));
  EXPECT_EQ(right.at(1).uid, Uid(3));
  EXPECT_EQ(base.size(), 1U);
}

TEST(Index, OneMessageMoreSharesAllChunks) {
  std::vector<Entry> many;
  for (std::uint32_t uid = 1; uid <= 100'000; ++uid) many.push_back(entry(uid));
  const Index index = append({}, many).index;
  const auto edit = append(index, std::vector{entry(100'001)});
  EXPECT_EQ(edit.index.chunks().data(), index.chunks().data());
  EXPECT_TRUE(edit.chunks_put.empty());
  EXPECT_EQ(edit.tail_put.size(), 1U);
}

TEST(Index, FewEntriesDoNotKeepManyChunks) {
  std::vector<Entry> many;
  for (std::uint32_t uid = 1; uid <= 25'600; ++uid) many.push_back(entry(uid));
  Index index = append({}, many).index;
  ASSERT_EQ(index.chunks().size(), 100U);
  std::vector<std::size_t> positions;
  for (std::size_t p = 0; p < index.size(); ++p)
    if (p % 20 != 0) positions.push_back(p);
  index = remove(index, positions).index;
  EXPECT_EQ(index.size(), 1'280U);
  EXPECT_LE(index.chunks().size(), 15U);
}

TEST(Index, StepIsBoundedByChunksAndEntries) {
  std::vector<Entry> many;
  for (std::uint32_t uid = 1; uid <= 51'200; ++uid) many.push_back(entry(uid));
  const Index index = append({}, many).index;
  std::vector<std::size_t> all(many.size()), sparse;
  for (std::size_t p = 0; p < all.size(); ++p) all[p] = p;
  for (std::size_t p = 0; p < all.size(); p += 256) sparse.push_back(p);
  EXPECT_EQ(step_of(index, all), kStepEntries);
  EXPECT_EQ(step_of(index, sparse), kStepChunks);
  EXPECT_EQ(step_of(index, std::span(sparse).first(3)), 3U);
}

TEST(Index, WithGoneIsWhatWasShownWithAllThatIsNew) {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    std::vector<Entry> old_list, new_list, want;
    std::vector<std::size_t> gone;
    const unsigned all = 1 + random() % 1500, keep_of_ten = random() % 11;
    for (std::uint32_t uid = 1; uid <= all; ++uid) {
      auto now = entry(uid);
      old_list.push_back(now);
      if (random() % 4 == 0) now.flags ^= kSeen;
      if (random() % 10 < keep_of_ten) {
        new_list.push_back(now);
        want.push_back(now);
      } else {
        gone.push_back(uid - 1);
        want.push_back(old_list.back());
      }
    }
    for (std::uint32_t uid = all + 1; uid < all + random() % 300; ++uid) {
      new_list.push_back(entry(uid));
      want.push_back(entry(uid));
    }
    const auto before = append(Index(), old_list).index;
    auto after = append(Index(), new_list).index;
    if (round % 2 == 0 && !new_list.empty()) {  // the newest in the tail
      const auto half = static_cast<std::ptrdiff_t>(new_list.size() / 2);
      after = append(Index(), {new_list.begin(), new_list.begin() + half}).index;
      for (auto it = new_list.begin() + half; it != new_list.end(); ++it) after = after.with(*it);
    }
    const auto kept = with_gone(after, before, gone);
    ASSERT_EQ(list_of(kept), want);
    EXPECT_TRUE(difference(before, kept).gone.empty());
    EXPECT_EQ(difference(kept, after).gone, gone);
    EXPECT_TRUE(difference(kept, after).changed.empty());
    for (const Entry& e : want) ASSERT_EQ(kept.at(*kept.find(e.uid)), e);
  }
}

TEST(Index, CursorGoesAnywhere) {
  std::vector<Entry> entries(600);
  for (std::size_t i = 0; i < entries.size(); ++i)
    entries[i].uid = Uid(static_cast<std::uint32_t>(3 * i + 1));
  auto index = append(Index(), entries).index;
  for (std::uint32_t uid = 2'000; uid < 2'010; ++uid) {
    Entry entry;
    entry.uid = Uid(uid);
    index = index.with(entry);
  }
  std::mt19937 random(5);
  Index::Cursor cursor(index);
  for (int i = 0; i < 10'000; ++i) {
    const auto position = random() % index.size();
    ASSERT_EQ(&cursor.at(position), &index.at(position));
  }
  for (std::size_t position = index.size(); position-- > 0;)
    ASSERT_EQ(&cursor.at(position), &index.at(position));
}

}  // namespace
}  // namespace hikyaku::mailbox
