// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "protocol/mailauth/arc/set.h"
#include "protocol/mailauth/dkim/check.h"
#include "protocol/mailauth/dkim/message.h"
#include "protocol/mailauth/lookup/facts.h"

namespace hikyaku::arc {

struct VerifyPolicy {
  UnixTime now;                          ///< when the message came in
  std::chrono::seconds clock_skew{300};  ///< that t= and x= may be off
};

/// One custodian of a chain that passed.
struct Custodian {
  std::string sealer;   ///< d= of the seal
  std::string results;  ///< the value of its ARC-Authentication-Results, as written
};

struct Validation {
  ChainStatus status = ChainStatus::kNone;
  std::string reason{};                 ///< why it is kFail, for people
  std::vector<Custodian> custodians{};  ///< instance 1 first; only of kPass
  unsigned highest = 0;                 ///< instance on the message; 0: none
  bool ended = false;                   ///< it was sealed as failing: it must not be sealed again
  /// Of kPass: the last custodian signed the From field, so that its word is of this author. Its
  /// results must not be believed otherwise.
  bool signs_from = false;
  /// Of kFail: a key could not be had now. RFC 8617 §5.2.1 makes no difference.
  bool dns_failed = false;
};

/// The body hashes that verify() will ask a message for.
[[nodiscard]] std::vector<dkim::BodyWish> verify_wishes(const dkim::Header& header);

/// Validates the chain of a message that was read with verify_wishes: RFC 8617 §5.2, without the
/// optional step 5 ("oldest-pass").
///
/// Asks for all keys at once. While one is missing, the result counts for nothing.
[[nodiscard]] Validation verify(const dkim::Message& message, const dkim::Crypto& crypto,
                                lookup::Asker& asker, const VerifyPolicy& policy);

}  // namespace hikyaku::arc
