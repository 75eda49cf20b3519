// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/base64.h"

#include <array>
#include <cstdint>

namespace hikyaku::sasl {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNone = 0xff;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr std::array<std::uint8_t, 256> kValues = make_values();

std::uint32_t octet(char c) { return static_cast<unsigned char>(c); }

}  // namespace

std::string base64_encode(std::string_view octets) {
  std::string out;
  out.reserve((octets.size() + 2) / 3 * 4);
  const auto put = [&out](std::uint32_t bits, int characters) {
    for (int i = 0; i < 4; ++i) {
      out += i < characters ? kAlphabet[(bits >> (18 - 6 * i)) & 0x3f] : '=';
    }
  };
  while (octets.size() >= 3) {
    put(octet(octets[0]) << 16 | octet(octets[1]) << 8 | octet(octets[2]), 4);
    octets.remove_prefix(3);
  }
  if (octets.size() == 2) put(octet(octets[0]) << 16 | octet(octets[1]) << 8, 3);
  if (octets.size() == 1) put(octet(octets[0]) << 16, 2);
  return out;
}

Result<std::string> base64_decode(std::string_view text, std::size_t octets_max) {
  if (text.size() % 4 != 0) return permanent("the base64 is cut short");
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const std::size_t octets = text.size() / 4 * 3 - padding;
  if (octets > octets_max) return permanent("the response is too long");
  std::string out;
  out.reserve(octets);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
    if (value == kNone) return permanent("that is not base64");
    bits = (bits << 6 | value) & 0xffffff;
    if (++count % 4 == 0) {
      out += static_cast<char>(bits >> 16);
      out += static_cast<char>(bits >> 8 & 0xff);
      out += static_cast<char>(bits & 0xff);
    }
  }
  // RFC 4648 §3.5: the bits behind the last octet are zero, else two texts would mean the same.
  if (padding == 1) {
    if ((bits & 0x3) != 0) return permanent("the base64 has stray bits at its end");
    out += static_cast<char>(bits >> 10 & 0xff);
    out += static_cast<char>(bits >> 2 & 0xff);
  } else if (padding == 2) {
    if ((bits & 0xf) != 0) return permanent("the base64 has stray bits at its end");
    out += static_cast<char>(bits >> 4 & 0xff);
  }
  return out;
}

}  // namespace hikyaku::sasl
