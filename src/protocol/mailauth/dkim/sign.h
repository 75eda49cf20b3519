// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "protocol/mailauth/dkim/crypto.h"
#include "protocol/mailauth/dkim/message.h"

namespace hikyaku::dkim {

/// Which header fields are signed. Names in small letters.
///
/// Over-signing names a field once more than it is there, so that nobody can add another one and
/// keep the signature (RFC 6376 §5.4).
struct SignedFields {
  std::vector<std::string> always;       ///< over-signed, whether they are there or not
  std::vector<std::string> if_there;     ///< over-signed if they are there
  std::vector<std::string> as_they_are;  ///< each that is there, and no more
};

/// Fields that say who wrote what to whom, and how the body is to be read. Not Received and
/// Return-Path, which change under way, nor what lists add of their own (§5.4.1).
[[nodiscard]] const SignedFields& default_signed_fields();

/// h= for this header.
[[nodiscard]] std::vector<std::string> names_to_sign(const Header& header,
                                                     const SignedFields& fields);

/// A private key and where DNS has its public half: SELECTOR._domainkey.DOMAIN.
struct Selector {
  std::string name;
  const SigningKey* key = nullptr;
};

/// Names in h= at most; a header that would need more is not signed.
inline constexpr std::size_t kSignedNamesMax = 500;

struct SignRequest {
  std::string domain;          ///< d=, written as A-labels
  std::vector<Selector> keys;  ///< one signature by each: RSA and Ed25519 side by side
  std::string identity;        ///< i=, "user@example.org"; "" for none
  Canonicalization header = Canonicalization::kRelaxed;
  Canonicalization body = Canonicalization::kRelaxed;
  UnixTime now;                                  ///< t=
  std::optional<std::chrono::seconds> lifetime;  ///< x= is t= and this; none by default
  SignedFields fields = default_signed_fields();
};

/// As names_to_sign(). Errors: kPermanent: From is not there or not among them, too many, a header
/// that is too large or begins with a continuation line.
[[nodiscard]] Result<std::vector<std::string>> checked_names(const Message& message,
                                                             const SignedFields& fields);

/// d= and s= as they are written: A-labels.
struct KeyPlace {
  std::string domain;
  std::string selector;
};
/// Errors: kPermanent: names that no signature can have, an algorithm that must not be used.
[[nodiscard]] Result<KeyPlace> checked_selector(std::string_view domain, const Selector& selector);

/// The body hash that sign() will ask a message for.
[[nodiscard]] std::vector<BodyWish> sign_wishes(const SignRequest& request);

/// DKIM-Signature fields, in the order of the keys, to be put in front of the message.
///
/// message: as it will be sent, lines ending with CRLF (RFC 6376 §5.3), read with sign_wishes.
/// Errors:  kPermanent: no From field, a header that is too large, too many fields, a domain,
/// selector or identity
///          that no signature can have, an algorithm that must not be used. kRetryLater: the key.
[[nodiscard]] Result<std::string> sign(const Message& message, const Crypto& crypto,
                                       const SignRequest& request);

}  // namespace hikyaku::dkim
