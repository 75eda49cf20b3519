// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "protocol/mailauth/dkim/crypto.h"
#include "protocol/mailauth/dkim/message.h"
#include "protocol/mailauth/dkim/signature.h"
#include "protocol/mailauth/lookup/facts.h"

/// The steps that DKIM-Signature, ARC-Message-Signature and ARC-Seal have in common.
namespace hikyaku::dkim {

/// RFC 8601 §2.7.1; RFC 6376 calls kTempError TEMPFAIL, and all others but kPass PERMFAIL.
enum class ResultCode : unsigned char {
  kPass,
  kFail,       ///< the signature is not of this message
  kPolicy,     ///< it verified, or might have, and is not accepted (expired, part of the body)
  kNeutral,    ///< it could not be understood
  kTempError,  ///< the key could not be had now
  kPermError,  ///< there is no key, or none that may be used
};
/// "pass", "temperror".
[[nodiscard]] std::string_view name_of(ResultCode code);

inline constexpr unsigned kRsaBitsMin = 1024;     // RFC 8301 §3.2
inline constexpr std::size_t kKeyRecordsMax = 4;  ///< of one name; further ones are not tried

struct Check {
  ResultCode result = ResultCode::kNeutral;
  std::string reason{};   ///< for people; empty for kPass
  unsigned key_bits = 0;  ///< 0: no key was read
  bool testing = false;   ///< the key says t=y
  bool dnssec = false;    ///< the key came validated
};

/// The canonical form of a signing field with nothing as the value of b= (RFC 6376 §3.7).
/// place: of that value, in field.value.
[[nodiscard]] std::string unsigned_form(Canonicalization kind, const mime::HeaderField& field,
                                        Span place);

/// Hash step 2 of RFC 6376 §3.7.
///
/// names:   h=, small letters; each takes the next field of its name from the bottom up (§5.4.2).
/// own:     the place of the signing field, which its own h= can not mean; nullopt when signing.
/// closing: unsigned_form() of the signing field.
[[nodiscard]] Digest header_digest(const Crypto& crypto, const Header& header,
                                   Canonicalization kind, std::span<const std::string> names,
                                   std::optional<std::size_t> own, std::string_view closing);

/// What can be said against a signature without its key; nullopt: nothing.
[[nodiscard]] std::optional<Check> refuse_early(const Signature& signature, UnixTime now,
                                                std::chrono::seconds clock_skew);

/// bh= is this digest.
[[nodiscard]] bool is_digest(std::string_view body_hash, const Digest& digest);

/// From fields that h= does not take in.
[[nodiscard]] std::size_t unsigned_from_fields(const Header& header, const Signature& signature);

/// Where the domain of i= is: for keys with t=s.
enum class IdentityDomain : unsigned char { kSame, kBelow };

/// The question for the key of a signature.
[[nodiscard]] lookup::Question key_question(const Signing& signing);

/// RFC 6376 §6.1.2 and step 4 of §6.1.3: the key from what DNS said, then the signature. rsa-sha1
/// never passes.
[[nodiscard]] Check check_signature(const Crypto& crypto, const lookup::Answer& answer,
                                    const Signing& signing, IdentityDomain identity,
                                    const Digest& digest);

}  // namespace hikyaku::dkim
