// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "base/words.h"

namespace hikyaku::explain {

/// Who has to do something about it. "Sending" and "receiving" are the two sides of the dialogue in
/// which the reply was given.
enum class Actor : unsigned char {
  kSender,           ///< who wrote the message
  kRecipient,        ///< for whom it is
  kSendingServer,    ///< its administrator
  kReceivingServer,  ///< its administrator
  kNobody,           ///< it passes by itself
};

/// What a reply means. The texts live as long as the program.
struct Explanation {
  std::string_view key;      ///< the entry: "HK-RCPT-UNKNOWN", "x.1.1", "google-ptr"
  std::string_view meaning;  ///< one or two sentences
  std::string_view remedy;   ///< what to do
  Actor actor = Actor::kNobody;
};

/// Explains the reply of a mail server, ours or another's: "550 5.1.1 <x@y>: no such user", in one
/// line or several.
///
/// The most telling part decides: an id of ours, then the words of great providers and common
/// software, the enhanced code, the code, its class. nullopt when there is none of these: no reply.
[[nodiscard]] std::optional<Explanation> explain(std::string_view reply, Language language);

/// The entry of a key: "HK-LOOP", "[HK-LOOP]", "550", "5.1.1", "spamhaus"; any case.
[[nodiscard]] std::optional<Explanation> look_up(std::string_view key, Language language);

/// "the sender", "送信者".
[[nodiscard]] std::string_view name_of(Actor actor, Language language);

}  // namespace hikyaku::explain
