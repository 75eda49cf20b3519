// SPDX-License-Identifier: Apache-2.0
// Goal: what was used last stays, the rest goes, and a cache never remembers what is out of date.
#include "record/directory/lru.h"

#include <gtest/gtest.h>

#include "record/directory/cache.h"

namespace hikyaku::directory {
namespace {

TEST(Lru, KeepsTheNewestEntries) {
  Lru<int> lru(2, 1'000);
  lru.insert("a", 1, 0);
  lru.insert("b", 2, 0);
  ASSERT_NE(lru.find("a"), nullptr);  // now newer than b
  lru.insert("c", 3, 0);
  EXPECT_EQ(lru.find("b"), nullptr);
  EXPECT_EQ(*lru.find("a"), 1);
  EXPECT_EQ(*lru.find("c"), 3);
}

TEST(Lru, KeepsWithinItsOctets) {
  Lru<int> lru(100, 10);
  lru.insert("a", 1, 4);
  lru.insert("b", 2, 4);
  EXPECT_EQ(lru.size(), 2U);
  lru.insert("a", 3, 8);  // replaces itself, and pushes b out
  EXPECT_EQ(lru.size(), 1U);
  EXPECT_EQ(*lru.find("a"), 3);
  lru.insert("c", 1, 100);  // larger than all
  EXPECT_EQ(lru.size(), 0U);
}

TEST(Lru, EraseTakesOne) {
  Lru<std::string> lru(3, 100);
  lru.insert("a", "x", 1);
  lru.insert("b", "y", 1);
  lru.erase("a");
  lru.erase("none");
  EXPECT_EQ(lru.find("a"), nullptr);
  EXPECT_EQ(*lru.find("b"), "y");
}

TEST(Cache, RemembersAbsenceToo) {
  Cache cache;
  EXPECT_FALSE(cache.find("k").has_value());
  cache.remember("k", std::nullopt, cache.epoch());
  ASSERT_TRUE(cache.find("k").has_value());
  EXPECT_FALSE(cache.find("k")->has_value());
}

TEST(Cache, AReadThatAChangeOvertookIsNotRemembered) {
  Cache cache;
  const auto before = cache.epoch();
  cache.forget({"other"});
  cache.remember("k", "old", before);
  EXPECT_FALSE(cache.find("k").has_value());
  cache.remember("k", "new", cache.epoch());
  EXPECT_EQ(**cache.find("k"), "new");
  cache.forget({"k"});
  EXPECT_FALSE(cache.find("k").has_value());
}

}  // namespace
}  // namespace hikyaku::directory
