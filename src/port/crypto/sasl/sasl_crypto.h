// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/secret.h"
#include "protocol/sasl/crypto.h"

namespace hikyaku::crypto {

/// One for the process; it has no state.
[[nodiscard]] const sasl::Crypto& sasl_crypto();

/// The rounds of PBKDF2 in new keys: eight times what RFC 7677 §4 wants at least. Each login costs
/// the client as many, and the server none; some clients take at most 65,536.
inline constexpr std::uint32_t kScramIterations = 32'768;

/// The keys of a password that SASLprep has prepared (RFC 5802 §3), with a fresh salt of 16 octets.
/// Takes some tens of milliseconds: for the pool.
[[nodiscard]] sasl::ScramKeys make_scram_keys(sasl::Hash hash, const Secret& password,
                                              std::uint32_t iterations = kScramIterations);
[[nodiscard]] sasl::ScramKeys make_scram_keys(sasl::Hash hash, const Secret& password,
                                              std::string_view salt, std::uint32_t iterations);

/// The same for CRAM-MD5 (RFC 2195 §2): quick, without salt, and as good as the password there.
[[nodiscard]] sasl::CramKeys make_cram_keys(const Secret& password);

}  // namespace hikyaku::crypto
