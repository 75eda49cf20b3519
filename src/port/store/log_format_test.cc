// SPDX-License-Identifier: Apache-2.0
// Goal: what the log's octets say is read back, and nothing else is taken for it.
#include "port/store/log_format.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "port/store/crc32c.h"

namespace hikyaku::store {
namespace {

TEST(Crc32c, HasTheValuesOfTheStandard) {
  // RFC 3720 §B.4
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  std::string rising;
  for (char c = 0; c < 32; ++c) rising.push_back(c);
  EXPECT_EQ(crc32c(rising), 0x46dd794eU);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c("56789", crc32c("1234")), 0xe3069283U);
}

TEST(LogFormat, HeadersComeBack) {
  const auto segment = SegmentHeader::decode(SegmentHeader{SegmentKind::kPieces, 7, 99}.encode());
  ASSERT_TRUE(segment);
  EXPECT_EQ(segment->kind, SegmentKind::kPieces);
  EXPECT_EQ(segment->number, 7U);
  EXPECT_EQ(segment->salt, 99U);
  const auto batch = BatchHeader::decode(BatchHeader{10, 20, 30, 40}.encode(99), 99);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->batch_bytes(), BatchHeader::kBytes + 30);
  EXPECT_EQ(batch->changes_crc, 30U);
  EXPECT_EQ(batch->sequence, 40U);
  const auto body = BodyHeader::decode(BodyHeader{BodyId(5), 6, 7}.encode(99), 99);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->id, BodyId(5));
  EXPECT_EQ(body->length, 6U);
  EXPECT_EQ(body->crc, 7U);
}

TEST(LogFormat, AnotherSegmentsRecordsAreNone) {
  EXPECT_FALSE(BatchHeader::decode(BatchHeader{10, 20, 30, 40}.encode(99), 98));
  EXPECT_FALSE(BodyHeader::decode(BodyHeader{BodyId(5), 6, 7}.encode(99), 98));
}

TEST(LogFormat, HeadersCutOrDamagedAtEachOctetAreNone) {
  const auto check = [](const std::string& whole, auto decode) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      EXPECT_FALSE(decode(whole.substr(0, at))) << "cut at " << at;
      auto damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 1);
      EXPECT_FALSE(decode(damaged)) << "damaged at " << at;
    }
  };
  check(SegmentHeader{SegmentKind::kBatches, 1, 2}.encode(),
        [](std::string_view octets) { return SegmentHeader::decode(octets).has_value(); });
  check(BatchHeader{1, 2, 3, 4}.encode(5),
        [](std::string_view octets) { return BatchHeader::decode(octets, 5).has_value(); });
  check(BodyHeader{BodyId(1), 2, 3}.encode(5),
        [](std::string_view octets) { return BodyHeader::decode(octets, 5).has_value(); });
}

TEST(LogFormat, ChangesComeBackAndAreWholeOrNothing) {
  std::string octets;
  append_change(octets, {Change::Kind::kPut, "key", "value"});
  append_change(octets, {Change::Kind::kErase, "gone", {}});
  append_change(octets, {Change::Kind::kPut, "", ""});
  std::string seen;
  const auto see = [&seen](const Change& change) {
    seen += fmt::format("{}:{}={};", static_cast<int>(change.kind), change.key, change.value);
  };
  EXPECT_TRUE(read_changes(octets, see));
  EXPECT_EQ(seen, "1:key=value;2:gone=;1:=;");
  int whole = 0;
  for (std::size_t at = 0; at < octets.size(); ++at)
    whole += read_changes(octets.substr(0, at), [](const Change&) {}) ? 1 : 0;
  EXPECT_EQ(whole, 3) << "only where one ends";
  EXPECT_FALSE(read_changes(std::string("\x03\x01k", 3), [](const Change&) {}));
}

TEST(LogFormat, LocationsComeBack) {
  Location location;
  location.extents = {{position_of(1, 2), 3, 4}, {position_of(0xffffffff, 0xffffffff), 1 << 20, 0}};
  const auto octets = location.encode();
  const auto back = Location::decode(octets);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->extents.size(), 2U);
  EXPECT_EQ(segment_of(back->extents[1].position), 0xffffffffU);
  EXPECT_EQ(back->size(), 3U + (1 << 20));
  for (std::size_t at = 0; at < octets.size(); ++at)
    EXPECT_FALSE(Location::decode(octets.substr(0, at)));
  EXPECT_FALSE(Location::decode(octets + "x"));
}

}  // namespace
}  // namespace hikyaku::store
