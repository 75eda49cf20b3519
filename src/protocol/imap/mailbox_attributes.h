// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hikyaku::imap {

/// What LIST says of a mailbox: RFC 9051 §7.3.1, RFC 6154 §2 (special uses), RFC 8457 (\Important).
enum class MailboxAttribute : std::uint32_t {
  kNoinferiors = 1U << 0,
  kNoselect = 1U << 1,
  kMarked = 1U << 2,
  kUnmarked = 1U << 3,
  kNonExistent = 1U << 4,
  kHasChildren = 1U << 5,
  kHasNoChildren = 1U << 6,
  kSubscribed = 1U << 7,
  kRemote = 1U << 8,
  kAll = 1U << 16,
  kArchive = 1U << 17,
  kDrafts = 1U << 18,
  kFlagged = 1U << 19,
  kJunk = 1U << 20,
  kSent = 1U << 21,
  kTrash = 1U << 22,
  kImportant = 1U << 23,
};

/// A set of attributes.
struct MailboxAttributes {
  std::uint32_t bits = 0;

  constexpr MailboxAttributes() = default;
  constexpr MailboxAttributes(MailboxAttribute a) : bits(static_cast<std::uint32_t>(a)) {}
  constexpr explicit MailboxAttributes(std::uint32_t value) : bits(value) {}
  [[nodiscard]] constexpr bool has(MailboxAttribute a) const {
    return (bits & static_cast<std::uint32_t>(a)) != 0;
  }
  constexpr MailboxAttributes& operator|=(MailboxAttributes other) {
    bits |= other.bits;
    return *this;
  }
  /// The special uses alone.
  [[nodiscard]] constexpr MailboxAttributes special_use() const {
    return MailboxAttributes(bits & 0xffff0000U);
  }
  bool operator==(const MailboxAttributes&) const = default;
};
constexpr MailboxAttributes operator|(MailboxAttributes a, MailboxAttributes b) { return a |= b; }

/// "\Archive", in any case. Errors: kPermanent if it is no special use.
[[nodiscard]] Result<MailboxAttribute> parse_special_use(std::string_view name);

/// Appends "\HasNoChildren \Sent", nothing if empty.
void append_attributes(std::string& out, MailboxAttributes attributes);

}  // namespace hikyaku::imap
