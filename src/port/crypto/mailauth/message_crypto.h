// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "protocol/mailauth/dkim/crypto.h"

namespace hikyaku::crypto {

/// RSA moduli over this many bits are not tried: each check would cost milliseconds (RFC 8301 §3.2
/// asks for 4096).
inline constexpr int kMessageRsaBitsMax = 8192;

/// One for the process; it has no state.
[[nodiscard]] const dkim::Crypto& message_crypto();

/// A private key, RSA of at least 1024 bits (RFC 8301 §3.2) or Ed25519 (RFC 8463), from PEM.
/// Errors: kPermanent, with what to do.
Result<std::unique_ptr<dkim::SigningKey>> load_message_key(std::string_view private_pem);

}  // namespace hikyaku::crypto
