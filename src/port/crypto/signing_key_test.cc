// SPDX-License-Identifier: Apache-2.0
// Goal: the public half that DNS publishes is that of the key, also when the key is read again.
#include "port/crypto/signing_key.h"

#include <gtest/gtest.h>

namespace hikyaku::crypto {
namespace {

TEST(SigningKey, ReadAgainGivesTheSamePublicHalf) {
  const auto key = make_signing_key();
  ASSERT_TRUE(key.has_value());
  const auto again = signing_public_base64(key->private_pem.reveal());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, key->public_base64);
  // The DER of every 2048-bit RSA key begins so: SEQUENCE, rsaEncryption, BIT STRING (RFC 3279
  // §2.3.1); 294 octets.
  EXPECT_TRUE(again->starts_with("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA")) << *again;
  EXPECT_EQ(again->size(), 392U);
}

TEST(SigningKey, TwoAreNotTheSame) {
  EXPECT_NE(make_signing_key()->public_base64, make_signing_key()->public_base64);
}

TEST(SigningKey, WhatIsNoKeyIsRefused) {
  const auto key = make_signing_key();
  const auto pem = key->private_pem.reveal();
  for (std::size_t n = 0; n + 64 < pem.size(); n += 97)
    EXPECT_FALSE(signing_public_base64(pem.substr(0, n)).has_value()) << n;
  EXPECT_FALSE(signing_public_base64("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")
                   .has_value());
}

}  // namespace
}  // namespace hikyaku::crypto
