// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace hikyaku::crypto {

/// A key for signatures on messages, with the form in which DNS publishes its public half.
struct SigningKey {
  Secret private_pem;         ///< PKCS #8
  std::string public_base64;  ///< SubjectPublicKeyInfo in DER, base64: p= of RFC 6376 §3.6.1
};

/// A new RSA key of 2048 bits: the only kind that every verifier knows (RFC 8301 §3.2). Takes some
/// tenths of a second.
Result<SigningKey> make_signing_key();

/// The public half of a key that was made before. kPermanent when the PEM holds no private key.
Result<std::string> signing_public_base64(std::string_view private_pem);

}  // namespace hikyaku::crypto
