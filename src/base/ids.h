// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace hikyaku {

/// A number of one kind, which no other kind converts to. 0 means none.
template <class Tag, class Rep = std::uint64_t>
struct Id {
  Rep value = 0;

  constexpr Id() = default;
  constexpr explicit Id(Rep v) : value(v) {}
  constexpr explicit operator bool() const { return value != 0; }
  constexpr auto operator<=>(const Id&) const = default;
};

using AccountId = Id<struct AccountTag>;
using MailboxId = Id<struct MailboxTag, std::uint32_t>;  ///< within its account, never used again
using MessageId = Id<struct MessageTag>;                 ///< within its account, never used again
using Uid = Id<struct UidTag, std::uint32_t>;            ///< RFC 9051 §2.3.1.1
using ModSeq = Id<struct ModSeqTag>;  ///< RFC 7162 §3.1; one sequence for an account
using BodyId = Id<struct BodyTag>;    ///< a body in the store
using QueueId = Id<struct QueueTag>;
using TrackingId = Id<struct TrackingTag>;  ///< time-ordered; see tracking.h for its text

}  // namespace hikyaku

template <class Tag, class Rep>
struct std::hash<hikyaku::Id<Tag, Rep>> {
  std::size_t operator()(const hikyaku::Id<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
