// SPDX-License-Identifier: Apache-2.0
// Goal: deadlines come in order, whatever was set, moved and removed before.
#include "port/net/deadline_heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace hikyaku::net {
namespace {

SteadyTime at(int tick) { return SteadyTime{} + std::chrono::seconds(tick); }

TEST(DeadlineHeap, IsEmptyAtFirst) {
  DeadlineHeap heap;
  EXPECT_EQ(heap.earliest(), SteadyTime::max());
  EXPECT_EQ(heap.take_due(SteadyTime::max()), nullptr);
}

TEST(DeadlineHeap, GivesOnlyWhatIsDue) {
  DeadlineHeap heap;
  DeadlineNode early, late;
  heap.set(late, at(5));
  heap.set(early, at(3));
  EXPECT_EQ(heap.take_due(at(2)), nullptr);
  EXPECT_EQ(heap.take_due(at(3)), &early);
  EXPECT_FALSE(early.waiting());
  EXPECT_EQ(heap.take_due(at(4)), nullptr);
  heap.remove(early);  // no harm
  EXPECT_EQ(heap.take_due(at(5)), &late);
}

// Compared with a sorted list, over many seeds.
TEST(DeadlineHeap, KeepsItsOrderThroughMovesAndRemovals) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    DeadlineHeap heap;
    std::vector<DeadlineNode> nodes(20);
    for (int step = 0; step < 200; ++step) {
      auto& node = nodes[random() % nodes.size()];
      if (random() % 3 == 0) {
        heap.remove(node);
      } else {
        heap.set(node, at(static_cast<int>(random() % 50)));
      }
    }
    std::vector<SteadyTime> expected;
    for (const auto& node : nodes) {
      if (node.waiting()) expected.push_back(node.at);
    }
    std::ranges::sort(expected);
    std::vector<SteadyTime> taken;
    while (auto* node = heap.take_due(SteadyTime::max())) taken.push_back(node->at);
    EXPECT_EQ(taken, expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace hikyaku::net
