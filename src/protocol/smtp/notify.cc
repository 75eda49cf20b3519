// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/notify.h"

#include <array>
#include <utility>

#include "protocol/smtp/verb.h"

namespace hikyaku::smtp {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 4> kWords{
    {{"NEVER", Notify::kNever},
     {"SUCCESS", Notify::kSuccess},
     {"FAILURE", Notify::kFailure},
     {"DELAY", Notify::kDelay}}};

std::uint8_t bit_of(std::string_view word) {
  for (const auto& [name, bit] : kWords)
    if (equal_ignoring_case(name, word)) return bit;
  return 0;
}

}  // namespace

std::optional<Notify> Notify::parse(std::string_view text) {
  std::uint8_t bits = 0;
  for (;;) {
    const auto comma = text.find(',');
    const auto bit = bit_of(text.substr(0, comma));
    if (bit == 0) return std::nullopt;
    bits |= bit;
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  // "the NEVER keyword MUST appear by itself"
  if ((bits & kNever) != 0 && bits != kNever) return std::nullopt;
  return Notify(bits);
}

Notify Notify::without_success() const {
  const auto rest = static_cast<std::uint8_t>(bits_ & ~kSuccess);
  return Notify(given() && rest == 0 ? kNever : rest);
}

std::string Notify::text() const {
  std::string out;
  for (const auto& [name, bit] : kWords) {
    if ((bits_ & bit) == 0) continue;
    if (!out.empty()) out += ',';
    out += name;
  }
  return out;
}

}  // namespace hikyaku::smtp
