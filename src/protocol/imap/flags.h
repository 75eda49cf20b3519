// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace hikyaku::imap {

/// RFC 9051 §2.3.2. The values may be stored.
enum class SystemFlag : std::uint8_t {
  kSeen = 1,
  kAnswered = 2,
  kFlagged = 4,
  kDeleted = 8,
  kDraft = 16,
  kRecent = 32,  ///< RFC 3501 only; of the session, never stored
};

/// A set of system flags.
struct SystemFlags {
  std::uint8_t bits = 0;

  constexpr SystemFlags() = default;
  constexpr SystemFlags(SystemFlag flag) : bits(static_cast<std::uint8_t>(flag)) {}
  constexpr explicit SystemFlags(std::uint8_t value) : bits(value) {}
  [[nodiscard]] constexpr bool has(SystemFlag flag) const {
    return (bits & static_cast<std::uint8_t>(flag)) != 0;
  }
  constexpr SystemFlags& operator|=(SystemFlags other) {
    bits |= other.bits;
    return *this;
  }
  bool operator==(const SystemFlags&) const = default;
};
constexpr SystemFlags operator|(SystemFlags a, SystemFlags b) { return a |= b; }
constexpr SystemFlags operator|(SystemFlag a, SystemFlag b) {
  return SystemFlags(a) | SystemFlags(b);
}

/// What a client can set: all but \Recent.
inline constexpr SystemFlags kSettableFlags{0x1f};

struct FlagLimits {
  std::size_t keyword_octets_max = 100;
  std::size_t keywords_max = 64;  ///< in one command
};

/// Flags of a message, as in STORE and APPEND.
struct FlagList {
  SystemFlags system;
  std::vector<std::string> keywords;  ///< as first written; no two that differ in case only
  bool operator==(const FlagList&) const = default;
};

/// "\Seen", in any case. kPermanent for a name that RFC 9051 does not have.
[[nodiscard]] Result<SystemFlag> parse_system_flag(std::string_view name);

/// Adds one flag by its text. "\Recent" is dropped: clients copy it from FETCH, and it cannot be
/// set (RFC 3501 §2.3.2). Errors: kPermanent for an unknown "\..." or over a limit.
[[nodiscard]] Status add_flag(FlagList& flags, std::string_view text,
                              const FlagLimits& limits = {});

/// Keywords are equal in any case (RFC 9051 §2.3.2: servers may keep the case, not tell by it).
[[nodiscard]] bool same_keyword(std::string_view a, std::string_view b);

/// Appends "\Seen \Flagged", a space between, nothing if empty.
void append_system_flags(std::string& out, SystemFlags flags);
/// Appends "(\Seen $Junk)".
void append_flag_list(std::string& out, const FlagList& flags);

}  // namespace hikyaku::imap
