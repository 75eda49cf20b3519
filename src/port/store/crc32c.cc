// SPDX-License-Identifier: Apache-2.0
#include "port/store/crc32c.h"

#include <array>
#include <bit>
#include <cstring>

namespace hikyaku::store {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // reflected

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    tables[0][i] = crc;
  }
  for (std::size_t t = 1; t < tables.size(); ++t)
    for (std::size_t i = 0; i < 256; ++i)
      tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xff];
  return tables;
}
constexpr Tables kTables = make_tables();

std::uint64_t load_little_endian(const char* p) {
  std::uint64_t word = 0;
  std::memcpy(&word, p, sizeof(word));
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

std::uint32_t one_octet(std::uint32_t crc, char octet) {
  return (crc >> 8) ^ kTables[0][(crc ^ static_cast<unsigned char>(octet)) & 0xff];
}

/// Eight octets at a time ("slicing by 8").
std::uint32_t by_tables(const char* p, std::size_t n, std::uint32_t crc) {
  for (; n >= 8; p += 8, n -= 8) {
    const std::uint64_t word = load_little_endian(p) ^ crc;
    crc = 0;
    for (std::size_t i = 0; i < 8; ++i) crc ^= kTables[7 - i][(word >> (8 * i)) & 0xff];
  }
  for (; n > 0; ++p, --n) crc = one_octet(crc, *p);
  return crc;
}

#if defined(__x86_64__)
[[gnu::target("sse4.2")]] std::uint32_t by_instruction(const char* p, std::size_t n,
                                                       std::uint32_t crc) {
  std::uint64_t wide = crc;
  for (; n >= 8; p += 8, n -= 8) wide = __builtin_ia32_crc32di(wide, load_little_endian(p));
  crc = static_cast<std::uint32_t>(wide);
  for (; n > 0; ++p, --n) crc = __builtin_ia32_crc32qi(crc, static_cast<unsigned char>(*p));
  return crc;
}
const bool kHasInstruction = __builtin_cpu_supports("sse4.2") != 0;
#endif

}  // namespace

std::uint32_t crc32c(std::string_view octets, std::uint32_t crc) {
#if defined(__x86_64__)
  if (kHasInstruction) return ~by_instruction(octets.data(), octets.size(), ~crc);
#endif
  return ~by_tables(octets.data(), octets.size(), ~crc);
}

}  // namespace hikyaku::store
