// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hikyaku::sasl {

enum class Hash : unsigned char { kSha1, kSha256 };
[[nodiscard]] constexpr std::size_t octets_of(Hash hash) { return hash == Hash::kSha1 ? 20 : 32; }

/// What SCRAM keeps of a password (RFC 5802 §3): enough to check a proof of it, not enough to log
/// in elsewhere.
struct ScramKeys {
  std::string salt;
  std::uint32_t iterations = 0;
  std::string stored_key;  ///< octets_of() the hash
  std::string server_key;  ///< likewise
  bool operator==(const ScramKeys&) const = default;
};

/// What CRAM-MD5 keeps of a password: the states of MD5 behind the inner and the outer key block of
/// HMAC (RFC 2195 §2, "contexts"). Whoever has them can log in with CRAM-MD5: they are as good as
/// the password there, but do not tell it.
struct CramKeys {
  std::string inner;  ///< A, B, C, D, each with its lowest octet first: 16 octets
  std::string outer;
  bool operator==(const CramKeys&) const = default;
};
inline constexpr std::size_t kMd5Octets = 16;

/// The cryptography that the mechanisms use; port/crypto/sasl has the real one.
class Crypto {
 public:
  Crypto() = default;
  Crypto(const Crypto&) = delete;
  Crypto& operator=(const Crypto&) = delete;
  virtual ~Crypto() = default;

  [[nodiscard]] virtual std::string hash(Hash hash, std::string_view octets) const = 0;
  [[nodiscard]] virtual std::string hmac(Hash hash, std::string_view key,
                                         std::string_view octets) const = 0;
  /// HMAC-MD5 from its states.
  [[nodiscard]] virtual std::string hmac_md5(const CramKeys& keys,
                                             std::string_view octets) const = 0;
  /// Octets that nobody can guess.
  [[nodiscard]] virtual std::string random(std::size_t octets) const = 0;
};

}  // namespace hikyaku::sasl
