// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/event.h"

/// The keys of events, in alphabetical order.
namespace hikyaku::event::key {

inline constexpr Key kAccount{"account"};
inline constexpr Key kAddress{"address"};
inline constexpr Key kBytes{"bytes"};
inline constexpr Key kCipher{"cipher"};
inline constexpr Key kClient{"client"};
inline constexpr Key kCode{"code"};
inline constexpr Key kCommand{"command"};
inline constexpr Key kCount{"count"};
inline constexpr Key kDomain{"domain"};
inline constexpr Key kDuration{"ms"};
inline constexpr Key kEnhanced{"enhanced"};
inline constexpr Key kError{"error"};
inline constexpr Key kFile{"file"};
inline constexpr Key kFrom{"from"};
inline constexpr Key kHelo{"helo"};
inline constexpr Key kHost{"host"};
inline constexpr Key kListener{"listener"};
inline constexpr Key kMailbox{"mailbox"};
inline constexpr Key kMechanism{"mechanism"};
inline constexpr Key kPort{"port"};
inline constexpr Key kProtocol{"protocol"};
inline constexpr Key kQueue{"queue"};
inline constexpr Key kReason{"reason"};
inline constexpr Key kReply{"reply"};
inline constexpr Key kRest{"rest_s"};
inline constexpr Key kSignal{"signal"};
inline constexpr Key kTls{"tls"};
inline constexpr Key kTo{"to"};
inline constexpr Key kTracking{"tracking"};
inline constexpr Key kUid{"uid"};
inline constexpr Key kVersion{"version"};

}  // namespace hikyaku::event::key
