// SPDX-License-Identifier: Apache-2.0
// Goal: what Encoder writes, Decoder reads; and a value cut at any octet is an error, never a
// crash.
#include "base/codec.h"

#include <gtest/gtest.h>

#include <limits>

namespace hikyaku {
namespace {

std::string sample() {
  Encoder e;
  e.u8(7).u16(513).u32(0x01020304).u64(0x0102030405060708).varint(0).varint(127).varint(128);
  e.varint(std::numeric_limits<std::uint64_t>::max()).string("hikyaku").string("");
  return std::move(e).take();
}

bool read_sample(std::string_view in) {
  Decoder d(in);
  const bool same = d.u8() == 7 && d.u16() == 513 && d.u32() == 0x01020304 &&
                    d.u64() == 0x0102030405060708 && d.varint() == 0 && d.varint() == 127 &&
                    d.varint() == 128 && d.varint() == std::numeric_limits<std::uint64_t>::max() &&
                    d.string() == "hikyaku" && d.string().empty();
  return d.finish("sample").has_value() && same;
}

TEST(Codec, ReadsWhatItWrote) { EXPECT_TRUE(read_sample(sample())); }

TEST(Codec, RefusesEveryTruncation) {
  const auto whole = sample();
  for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(read_sample(whole.substr(0, n))) << n;
  EXPECT_FALSE(read_sample(whole + "x"));
}

TEST(Codec, RefusesAVarintOverSixtyFourBits) {
  Decoder d(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10));
  EXPECT_EQ(d.varint(), 0U);
  EXPECT_FALSE(d.ok());
}

TEST(Codec, BigEndianKeysSortAsNumbers) {
  Encoder a, b;
  a.u64(255);
  b.u64(256);
  EXPECT_LT(a.view(), b.view());
}

}  // namespace
}  // namespace hikyaku
