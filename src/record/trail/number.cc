// SPDX-License-Identifier: Apache-2.0
#include "record/trail/number.h"

#include <array>
#include <atomic>
#include <random>

namespace hikyaku::trail {
namespace {

constexpr unsigned kCounterBits = 22;
constexpr std::uint64_t kCounterMask = (std::uint64_t{1} << kCounterBits) - 1;
constexpr std::uint64_t kMillisecondsMax = (std::uint64_t{1} << 42) - 1;
constexpr std::chrono::sys_days kEpoch{std::chrono::year{2020} / 1 / 1};
constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kTextOctets = 13;

std::uint64_t milliseconds(UnixTime time) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(time - kEpoch).count();
  if (since <= 0) return 0;
  return std::min(static_cast<std::uint64_t>(since), kMillisecondsMax);
}

int digit_value(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'I' || c == 'L') c = '1';
  if (c == 'O') c = '0';
  const auto place = kDigits.find(c);
  return place == std::string_view::npos ? -1 : static_cast<int>(place);
}

}  // namespace

std::uint64_t next_number(const Clock& clock) {
  // Why: one counter for the process, whoever asks, is what makes its numbers differ.
  static std::atomic<std::uint64_t> counter{std::random_device{}()};
  const auto low = counter.fetch_add(1, std::memory_order_relaxed) & kCounterMask;
  const auto number = milliseconds(clock.now()) << kCounterBits | low;
  return number == 0 ? 1 : number;  // 0 is "none"
}

std::uint64_t first_number(UnixTime time) { return milliseconds(time) << kCounterBits; }

UnixTime number_time(std::uint64_t number) {
  return kEpoch + std::chrono::milliseconds(static_cast<std::int64_t>(number >> kCounterBits));
}

std::string number_text(std::uint64_t number) {
  std::string out(kTextOctets, '0');
  for (std::size_t i = kTextOctets; i-- > 0; number >>= 5) out[i] = kDigits[number & 31];
  return out;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.size() != kTextOctets) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = digit_value(text[i]);
    if (value < 0 || (i == 0 && value > 15)) return std::nullopt;  // 13 digits hold 65 bits
    number = number << 5 | static_cast<std::uint64_t>(value);
  }
  if (number == 0) return std::nullopt;
  return number;
}

}  // namespace hikyaku::trail
