// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace hikyaku::trail {

/// Numbers that sort by the time they were given: 42 bits of milliseconds since 2020, then 22 bits
/// that no other number of this process has in this millisecond (a counter that starts at random,
/// so that two processes rarely meet). What tracking numbers and queue ids are made of.
/// Threads: any.
[[nodiscard]] std::uint64_t next_number(const Clock& clock);

/// The least number that is given at this time; 0 before 2020.
[[nodiscard]] std::uint64_t first_number(UnixTime time);
/// When the number was given, to the millisecond.
[[nodiscard]] UnixTime number_time(std::uint64_t number);

/// 13 characters of Crockford's base 32, highest first.
[[nodiscard]] std::string number_text(std::uint64_t number);
/// Small letters, and i l o for 1 1 0, are understood; nullopt for what is no such number, or 0.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace hikyaku::trail
