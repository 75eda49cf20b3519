// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hikyaku::crypto {

using Sha256Sum = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256Sum sha256(std::string_view octets);
[[nodiscard]] Sha256Sum hmac_sha256(std::string_view key, std::string_view octets);

/// SHA-256 of octets that come piece by piece.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void update(std::string_view octets);
  /// The sum; after it the object starts anew.
  [[nodiscard]] Sha256Sum finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Small hexadecimal digits.
[[nodiscard]] std::string hex(std::string_view octets);
[[nodiscard]] std::string hex(const Sha256Sum& sum);

/// Whether both are the same, in a time that tells nothing but their lengths.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace hikyaku::crypto
