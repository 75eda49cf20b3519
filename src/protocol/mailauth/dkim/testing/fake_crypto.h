// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/mailauth/dkim/crypto.h"

namespace hikyaku::dkim {

/// Cryptography for tests of everything around it: a signature is the key's name and the digest.
///
/// The "public key" is "BITS:NAME" ("2048:alice"), or "broken", which is unusable. sha256() is no
/// SHA-256 but a sum that any changed, added, removed or moved octet changes.
class FakeCrypto final : public Crypto {
 public:
  [[nodiscard]] std::unique_ptr<Hasher> sha256() const override;
  [[nodiscard]] SignatureCheck check(Algorithm algorithm, std::string_view public_key,
                                     const Digest& digest,
                                     std::string_view signature) const override;
  /// How often check() was called.
  [[nodiscard]] int checks() const { return checks_; }

 private:
  mutable int checks_ = 0;
};

class FakeKey final : public SigningKey {
 public:
  FakeKey(Algorithm algorithm, std::string public_key)
      : algorithm_(algorithm), public_key_(std::move(public_key)) {}
  [[nodiscard]] Algorithm algorithm() const override { return algorithm_; }
  [[nodiscard]] Result<std::string> sign(const Digest& digest) const override;
  [[nodiscard]] const std::string& public_key() const { return public_key_; }

 private:
  Algorithm algorithm_;
  std::string public_key_;
};

}  // namespace hikyaku::dkim
