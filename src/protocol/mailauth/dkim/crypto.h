// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

/// What signatures on messages need of cryptography. Nothing here computes:
/// src/port/crypto/mailauth does it with OpenSSL, and tests of this leaf with a fake
/// (testing/fake_crypto.h).
namespace hikyaku::dkim {

using Digest = std::array<std::uint8_t, 32>;  ///< SHA-256

/// SHA-256 of octets that come piece by piece.
class Hasher {
 public:
  Hasher() = default;
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  virtual ~Hasher() = default;

  virtual void update(std::string_view octets) = 0;
  /// The sum; afterwards the object is spent.
  [[nodiscard]] virtual Digest finish() = 0;
  /// A second one that has seen the same octets.
  [[nodiscard]] virtual std::unique_ptr<Hasher> clone() const = 0;
};

/// The a= tag (RFC 6376 §3.3, RFC 8463 §3).
enum class Algorithm : unsigned char {
  kRsaSha256,
  kEd25519Sha256,
  kRsaSha1,  ///< known, so that it can be refused by its name (RFC 8301 §3.1)
};
/// "rsa-sha256".
[[nodiscard]] std::string_view name_of(Algorithm algorithm);

/// What became of one signature and one key.
struct SignatureCheck {
  enum class Status : unsigned char {
    kGood,
    kBad,       ///< the key is usable, the signature is not of these octets
    kUnusable,  ///< the octets are no key for this algorithm, or one that is too large to be tried
  };
  Status status = Status::kUnusable;
  unsigned key_bits = 0;  ///< RSA: of the modulus; Ed25519: 256; 0 if unknown
};

/// Threads: any; an implementation has no state that calls change.
class Crypto {
 public:
  Crypto() = default;
  Crypto(const Crypto&) = delete;
  Crypto& operator=(const Crypto&) = delete;
  virtual ~Crypto() = default;

  [[nodiscard]] virtual std::unique_ptr<Hasher> sha256() const = 0;

  /// public_key: the decoded p=. kRsaSha256: RSAPublicKey, or SubjectPublicKeyInfo that holds one
  /// (RFC 6376 erratum 3017), PKCS #1 v1.5. kEd25519Sha256: 32 octets, PureEdDSA of the digest
  /// (RFC 8463 §3). kRsaSha1 is kUnusable.
  [[nodiscard]] virtual SignatureCheck check(Algorithm algorithm, std::string_view public_key,
                                             const Digest& digest,
                                             std::string_view signature) const = 0;
};

/// A private key, ready to sign.
class SigningKey {
 public:
  SigningKey() = default;
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  virtual ~SigningKey() = default;

  [[nodiscard]] virtual Algorithm algorithm() const = 0;
  /// The octets of b=. An error is ours: kRetryLater.
  [[nodiscard]] virtual Result<std::string> sign(const Digest& digest) const = 0;
};

}  // namespace hikyaku::dkim
