// SPDX-License-Identifier: Apache-2.0
// Goal: a password matches its own hash and no other's; damaged or monstrous hashes are errors.
#include "port/crypto/password.h"

#include <argon2.h>
#include <gtest/gtest.h>

#include <array>

namespace hikyaku::crypto {
namespace {

constexpr PasswordCost kCheap{.memory_kib = 64, .passes = 1, .lanes = 1};

TEST(Password, MatchesItsHashOnly) {
  const Secret password("correct horse battery staple");
  const auto hash = hash_password(password, kCheap);
  ASSERT_TRUE(hash.has_value());
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=64,t=1,p=1$")) << *hash;
  EXPECT_EQ(verify_password(password, *hash).value(), true);
  EXPECT_EQ(verify_password(Secret("correct horse battery stapl"), *hash).value(), false);
  EXPECT_EQ(verify_password(Secret(""), *hash).value(), false);
}

TEST(Password, TwoHashesOfOnePasswordDiffer) {
  const Secret password("x");
  EXPECT_NE(hash_password(password, kCheap).value(), hash_password(password, kCheap).value());
}

// A test vector of the reference implementation (phc-winner-argon2, test.c).
TEST(Password, TakesHashesOfOtherPrograms) {
  EXPECT_EQ(verify_password(Secret("password"),
                            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
                            "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
                .value(),
            true);
}

// As other programs make and read them: the library's own functions on both sides.
TEST(Password, IsHashedAsTheLibraryDoes) {
  const std::string password("caf\xC3\xA9 \0 nul", 12);
  const std::string salt("0123456789abcde\xFF", 16);
  for (const std::size_t octets : {16U, 31U, 32U, 33U, 64U}) {
    std::array<char, 256> made{};
    ASSERT_EQ(argon2id_hash_encoded(2, 4096, 2, password.data(), password.size(), salt.data(),
                                    salt.size(), octets, made.data(), made.size()),
              ARGON2_OK);
    EXPECT_EQ(verify_password(Secret(password), made.data()).value(), true) << made.data();
    EXPECT_EQ(verify_password(Secret("other"), made.data()).value(), false) << made.data();
  }
  for (const PasswordCost cost : {kCheap, PasswordCost{4096, 3, 2}, kPasswordCost}) {
    const auto ours = hash_password(Secret(password), cost).value();
    EXPECT_EQ(argon2id_verify(ours.c_str(), password.data(), password.size()), ARGON2_OK) << ours;
    EXPECT_EQ(argon2id_verify(ours.c_str(), "other", 5), ARGON2_VERIFY_MISMATCH) << ours;
    EXPECT_EQ(verify_password(Secret(password), ours).value(), true) << ours;
  }
}

TEST(Password, RefusesDamagedHashes) {
  const auto hash = hash_password(Secret("x"), kCheap).value();
  for (std::size_t n = 0; n < hash.size(); ++n) {
    const auto verified = verify_password(Secret("x"), std::string_view(hash).substr(0, n));
    EXPECT_FALSE(verified.value_or(false)) << n;
  }
  for (const char* bad :
       {"", "x", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$", "$2y$10$abcdefghijklmnopqrstuv",
        "$argon2id$v=19$m=99999999999,t=1,p=1$c29tZXNhbHQ$AAAA", "{PLAIN}secret",
        "$argon2id$v=18$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAA", "$argon2id$v=19$m=64,t=1,p=1$",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAA",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAA=",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAA",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAB",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA AAA",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAA\n",
        "$argon2id$v=19$m=64,t=1,p=1$c29t$AAAAAAAA",
        "$argon2id$v=19$m=7,t=1,p=1$c29tZXNhbHQ$AAAAAAAA",
        "$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$AAAAAAAA"}) {
    const auto verified = verify_password(Secret("x"), bad);
    ASSERT_FALSE(verified.has_value()) << bad;
    EXPECT_EQ(verified.error().remedy, Remedy::kPermanent);
  }
}

TEST(Password, RefusesHashesThatWouldExhaustTheMachine) {
  for (const char* monster : {"$argon2id$v=19$m=4000000,t=1,p=1$c29tZXNhbHQ$AAAAAAAA",
                              "$argon2id$v=19$m=64,t=4000000,p=1$c29tZXNhbHQ$AAAAAAAA",
                              "$argon2id$v=19$m=64,t=1,p=4000$c29tZXNhbHQ$AAAAAAAA"}) {
    const auto verified = verify_password(Secret("x"), monster);
    ASSERT_FALSE(verified.has_value());
    EXPECT_NE(verified.error().text.find("costs too much"), std::string::npos);
  }
}

TEST(Password, LongOnesAreRefusedWhenSetAndWrongWhenTried) {
  const Secret longest(std::string(kPasswordOctetsMax, 'x'));
  const Secret longer(std::string(kPasswordOctetsMax + 1, 'x'));
  const auto hash = hash_password(longest, kCheap);
  ASSERT_TRUE(hash.has_value());
  EXPECT_FALSE(hash_password(longer, kCheap).has_value());
  EXPECT_EQ(verify_password(longer, *hash).value(), false);
}

TEST(Password, KnowsHashesOfAnotherCost) {
  const auto hash = hash_password(Secret("x"), kCheap).value();
  EXPECT_FALSE(needs_rehash(hash, kCheap));
  EXPECT_TRUE(needs_rehash(hash));
  EXPECT_TRUE(needs_rehash("nonsense"));
}

}  // namespace
}  // namespace hikyaku::crypto
