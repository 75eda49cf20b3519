// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/random.h"

#include <sys/random.h>

#include <cerrno>

#include "base/assert.h"

namespace hikyaku::crypto {

void fill_random(std::span<std::uint8_t> out) noexcept {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    HK_ASSERT(got > 0);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

std::string random_octets(std::size_t count) {
  std::string out(count, '\0');
  fill_random({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

std::uint64_t random_u64() noexcept {
  std::uint64_t value = 0;
  fill_random({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
  return value;
}

std::uint64_t random_below(std::uint64_t bound) noexcept {
  HK_ASSERT(bound > 0);
  // Numbers above the last whole multiple of `bound` would favour the small ones.
  const std::uint64_t unfair = (0 - bound) % bound;
  for (;;) {
    const std::uint64_t value = random_u64();
    if (value >= unfair) return value % bound;
  }
}

}  // namespace hikyaku::crypto
