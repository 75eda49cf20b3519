// SPDX-License-Identifier: Apache-2.0
#include "config/units.h"

#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace hikyaku::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
// Largest first; of two that fit exactly, the first one is printed.
constexpr std::array kSizeUnits = {Unit{"TiB", 1ULL << 40},
                                   Unit{"TB", 1'000'000'000'000},
                                   Unit{"GiB", 1ULL << 30},
                                   Unit{"GB", 1'000'000'000},
                                   Unit{"MiB", 1ULL << 20},
                                   Unit{"MB", 1'000'000},
                                   Unit{"KiB", 1ULL << 10},
                                   Unit{"kB", 1'000},
                                   Unit{"B", 1}};
constexpr std::array kTimeUnits = {Unit{"w", 7ULL * 86'400'000},
                                   Unit{"d", 86'400'000},
                                   Unit{"h", 3'600'000},
                                   Unit{"m", 60'000},
                                   Unit{"s", 1'000},
                                   Unit{"ms", 1}};
constexpr std::uint64_t kSizeMax = 1ULL << 62;
constexpr std::uint64_t kTimeMaxMs = 100ULL * 366 * 86'400'000;

// Takes a number and the letters behind it off the front of `text`.
struct Piece {
  std::uint64_t number = 0;
  std::string_view unit;
};
std::optional<Piece> take_piece(std::string_view* text) {
  Piece piece;
  const auto [end, error] =
      std::from_chars(text->data(), text->data() + text->size(), piece.number);
  if (error != std::errc{}) return std::nullopt;
  text->remove_prefix(static_cast<std::size_t>(end - text->data()));
  if (text->starts_with(' ')) text->remove_prefix(1);
  const auto stop = text->find_first_of("0123456789 ");
  piece.unit = text->substr(0, stop);
  text->remove_prefix(piece.unit.size());
  return piece;
}

std::optional<std::uint64_t> times(const Piece& piece, const Unit& unit, std::uint64_t max) {
  if (piece.number > max / unit.factor) return std::nullopt;
  return piece.number * unit.factor;
}

}  // namespace

std::optional<Size> parse_size(std::string_view text) {
  const auto piece = take_piece(&text);
  if (!piece || !text.empty()) return std::nullopt;
  for (const Unit& unit : kSizeUnits) {
    if (unit.name != piece->unit) continue;
    const auto octets = times(*piece, unit, kSizeMax);
    return octets ? std::optional(Size{*octets}) : std::nullopt;
  }
  return std::nullopt;
}

std::string print_size(Size size) {
  for (const Unit& unit : kSizeUnits) {
    if (size.octets != 0 && size.octets % unit.factor == 0)
      return fmt::format("{}{}", size.octets / unit.factor, unit.name);
  }
  return "0B";
}

std::optional<Duration> parse_duration(std::string_view text) {
  std::uint64_t sum_ms = 0;
  std::size_t next = 0;  // units may only get smaller
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    if (sum_ms != 0 && text.size() > 1 && text.front() == ' ') text.remove_prefix(1);
    const auto piece = take_piece(&text);
    if (!piece) return std::nullopt;
    while (next < kTimeUnits.size() && kTimeUnits[next].name != piece->unit) ++next;
    if (next == kTimeUnits.size()) return std::nullopt;
    const auto ms = times(*piece, kTimeUnits[next++], kTimeMaxMs);
    if (!ms || *ms > kTimeMaxMs - sum_ms) return std::nullopt;
    sum_ms += *ms;
  }
  return std::chrono::milliseconds(sum_ms);
}

std::string print_duration(Duration duration) {
  auto ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
  std::string out;
  for (const Unit& unit : kTimeUnits) {
    // Weeks are read, but not printed: "10d" says more than "1w3d".
    if (unit.name == "w" || ms < unit.factor) continue;
    out += fmt::format("{}{}", ms / unit.factor, unit.name);
    ms %= unit.factor;
  }
  return out.empty() ? "0s" : out;
}

}  // namespace hikyaku::config
