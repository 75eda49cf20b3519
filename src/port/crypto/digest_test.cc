// SPDX-License-Identifier: Apache-2.0
// Goal: digests are those of the standards, whatever the pieces; random numbers keep their range.
#include "port/crypto/digest.h"

#include <gtest/gtest.h>

#include <set>

#include "port/crypto/random.h"

namespace hikyaku::crypto {
namespace {

// FIPS 180-2 appendix B.1 and B.2.
constexpr std::string_view kTwoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
constexpr std::string_view kTwoBlocksSum =
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";

TEST(Digest, Sha256OfTheStandardsExamples) {
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(kTwoBlocks)), kTwoBlocksSum);
}

TEST(Digest, Sha256CutAtEveryOctet) {
  Sha256 sum;
  for (std::size_t cut = 0; cut <= kTwoBlocks.size(); ++cut) {
    sum.update(kTwoBlocks.substr(0, cut));
    sum.update(kTwoBlocks.substr(cut));
    EXPECT_EQ(hex(sum.finish()), kTwoBlocksSum) << cut;
  }
}

// RFC 4231 §4.3.
TEST(Digest, HmacOfTheRfcsExample) {
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digest, ComparesWholeTexts) {
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "xbc"));
  EXPECT_FALSE(equal_constant_time("abc", "ab"));
}

TEST(Random, KeepsItsRangeAndReachesAllOfIt) {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_below(5));
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4}));  // fails once in 10^96
  EXPECT_EQ(random_below(1), 0U);
}

TEST(Random, DoesNotRepeat) {
  EXPECT_NE(random_octets(16), random_octets(16));
  EXPECT_EQ(random_octets(33).size(), 33U);
}

}  // namespace
}  // namespace hikyaku::crypto
