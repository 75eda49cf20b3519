// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "protocol/mailauth/arc/set.h"
#include "protocol/mailauth/dkim/sign.h"

namespace hikyaku::arc {

/// As for DKIM, and the DKIM-Signature fields that are there (RFC 8617 §4.1.2), but no field that
/// is not: what others add behind us breaks no chain.
[[nodiscard]] const dkim::SignedFields& default_signed_fields();

struct SealRequest {
  std::string domain;                       ///< d=, written as A-labels
  dkim::Selector key;                       ///< one: a set has one of each field
  ChainStatus status = ChainStatus::kNone;  ///< of the chain when the message came in: cv=
  std::string results;  ///< what Authentication-Results would hold: "mx.example; spf=pass"
  dkim::Canonicalization header = dkim::Canonicalization::kRelaxed;
  dkim::Canonicalization body = dkim::Canonicalization::kRelaxed;
  UnixTime now;  ///< t=
  dkim::SignedFields fields = default_signed_fields();
};

/// The body hash that seal() will ask a message for.
[[nodiscard]] std::vector<dkim::BodyWish> seal_wishes(const SealRequest& request);

/// The next ARC Set of a message (RFC 8617 §5.1), to be put in front of it. Empty where no set may
/// be added: the chain was sealed as failing (§5.1.3), or it has 50 sets.
///
/// message: as it will be sent, lines ending with CRLF, read with seal_wishes.
/// Errors:  as dkim::sign(); kPermanent also for results that no field can hold, and a status that
///          the message's ARC fields can't have.
[[nodiscard]] Result<std::string> seal(const dkim::Message& message, const dkim::Crypto& crypto,
                                       const SealRequest& request);

}  // namespace hikyaku::arc
