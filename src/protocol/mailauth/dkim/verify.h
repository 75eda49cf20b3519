// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "protocol/mailauth/dkim/check.h"
#include "protocol/mailauth/dkim/message.h"
#include "protocol/mailauth/lookup/facts.h"

namespace hikyaku::dkim {

/// What to do with a signature whose l= leaves some of the body out.
enum class PartOfBody : unsigned char {
  kRefuse,  ///< kPolicy: anybody can have added the rest (RFC 6376 §8.2)
  kAccept,  ///< kPass, with unsigned_octets saying how much that is
};

/// Signatures of a message that are looked at: the topmost ones. The rest is counted. RFC 6376 §8.4
inline constexpr std::size_t kSignaturesMax = 10;

struct VerifyPolicy {
  UnixTime now;                          ///< when the message came in
  std::chrono::seconds clock_skew{300};  ///< that t= and x= may be off
  PartOfBody part_of_body = PartOfBody::kRefuse;
};

/// What came of one DKIM-Signature.
struct Outcome {
  ResultCode result = ResultCode::kNeutral;
  std::string reason;  ///< for people; empty for kPass

  // Of the signature, as far as it could be read:
  std::string domain;                  ///< d=, as DNS is asked for it
  std::string selector;                ///< s=
  std::string identity;                ///< i=, "@domain" without local part
  std::optional<Algorithm> algorithm;  ///< a=
  std::string signature_start;         ///< the first octets of b= as written: header.b (RFC 6008)

  unsigned key_bits = 0;
  bool testing = false;               ///< the key says t=y
  bool dnssec = false;                ///< the key came validated
  std::uint64_t unsigned_octets = 0;  ///< of the canonical body, behind l=

  /// The domain vouches for the message. RFC 6376 §3.6.1, t=y: "MUST NOT treat messages from
  /// Signers in testing mode differently from unsigned email".
  [[nodiscard]] bool authenticates() const { return result == ResultCode::kPass && !testing; }
};

struct Verification {
  std::vector<Outcome> signatures{};  ///< in the order of the fields
  std::size_t not_checked = 0;        ///< over kSignaturesMax
  bool header_too_large = false;      ///< nothing was looked at
};

/// The body hashes that verify() will ask a message for.
[[nodiscard]] std::vector<BodyWish> verify_wishes(const Header& header);

/// Verifies the signatures of a message that was read with verify_wishes.
///
/// Asks for all keys at once. While one is missing, the result counts for nothing and no signature
/// is computed. Source: RFC 6376 §6.1 with RFC 8301 and RFC 8463.
[[nodiscard]] Verification verify(const Message& message, const Crypto& crypto,
                                  lookup::Asker& asker, const VerifyPolicy& policy);

}  // namespace hikyaku::dkim
