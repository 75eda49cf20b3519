// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace hikyaku::crypto {

/// Octets that nobody can guess, from the kernel. Never fails (the process ends if the kernel has
/// none). Threads: any.
void fill_random(std::span<std::uint8_t> out) noexcept;
[[nodiscard]] std::string random_octets(std::size_t count);
/// Evenly spread over all 64-bit numbers.
[[nodiscard]] std::uint64_t random_u64() noexcept;
/// Evenly spread over 0 … bound-1; bound > 0.
[[nodiscard]] std::uint64_t random_below(std::uint64_t bound) noexcept;

}  // namespace hikyaku::crypto
