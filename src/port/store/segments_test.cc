// SPDX-License-Identifier: Apache-2.0
#include "port/store/segments.h"

#include <gtest/gtest.h>

#include "port/store/testing/sim_disk.h"

namespace hikyaku::store {
namespace {

constexpr std::uint64_t kBytes = 16 << 20;

/// Writes to the disk that the segment made ahead costs, after one with batches of that size.
std::uint64_t writes_ahead(std::uint64_t batch_bytes) {
  SimDisk disk;
  EXPECT_TRUE(disk.make_directory("/log"));
  Segments segments(disk, "/log", {.segment_bytes = kBytes, .first_segment_bytes = kBytes});
  EXPECT_TRUE(segments.load());
  const auto segment = segments.next_for_batches();
  EXPECT_TRUE(segment);
  (*segment)->batches = 10;
  (*segment)->used = 10 * batch_bytes;
  segments.seal(**segment);
  const auto before = disk.changes(SimDisk::Side::kLog);
  EXPECT_TRUE(segments.prepare());
  const auto next = segments.next_for_batches();
  EXPECT_TRUE(next);
  EXPECT_EQ(segments.size_of(**next), kBytes);
  return disk.changes(SimDisk::Side::kLog) - before;
}

TEST(Segments, BlocksAreWrittenAheadForSmallBatches) { EXPECT_GE(writes_ahead(16 << 10), 16U); }

TEST(Segments, BlocksAreOnlyReservedForLargeBatches) { EXPECT_LT(writes_ahead(100 << 10), 8U); }

}  // namespace
}  // namespace hikyaku::store
