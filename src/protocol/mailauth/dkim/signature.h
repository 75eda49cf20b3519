// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/mailauth/dkim/canonical.h"
#include "protocol/mailauth/dkim/crypto.h"
#include "protocol/mailauth/dkim/message.h"
#include "protocol/mailauth/dkim/tag_list.h"

namespace hikyaku::dkim {

/// Places in a tag list.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The tags that every signing field has in common, ARC's too.
struct Signing {
  Algorithm algorithm = Algorithm::kRsaSha256;  ///< a=
  std::string signature;                        ///< b=, decoded
  Span signature_place;                         ///< of b='s value, with the white space around it
  std::string domain;                           ///< d=, as dns_name() gives it
  std::string selector;                         ///< s=, likewise
  std::optional<std::uint64_t> time_s;          ///< t=, seconds of Unix time
};

/// A DKIM-Signature, or what an ARC-Message-Signature has of it (all but v= and i=).
struct Signature : Signing {
  std::string body_hash;  ///< bh=, decoded
  Canonicalization header = Canonicalization::kSimple;
  Canonicalization body = Canonicalization::kSimple;
  std::vector<std::string> signed_fields;  ///< h=, small letters, in order
  std::optional<std::uint64_t> length;     ///< l=, octets of the canonical body
  std::optional<std::uint64_t> expires_s;  ///< x=, seconds of Unix time
  /// i=: what is left of the "@" (maybe nothing), and the domain as dns_name() gives it.
  std::string identity_local;
  std::string identity_domain;

  [[nodiscard]] BodyWish body_wish() const { return {body, length}; }
  /// "user@example.org".
  [[nodiscard]] std::string identity() const { return identity_local + "@" + identity_domain; }
};

/// a=, b=, d=, s=, t=. Errors: kPermanent, with the tag and what is wrong with it.
Status read_signing(const TagList& tags, Signing& out);

/// What may stand in h=.
enum class FieldNames : unsigned char {
  kWithFrom,  ///< names only, From among them (RFC 6376 §3.5, §5.4)
  kAny,       ///< none at all, and empty ones, which are left out: ARC's tests want it so
};

/// All but v= and i=; the identity is that of d=.
Result<Signature> read_signature(const TagList& tags, FieldNames names);

/// The value of a DKIM-Signature field. Places are of `value`.
///
/// Source: RFC 6376 §3.5, §6.1.1 ("meticulously validate"), RFC 8463 §4.1.
/// Errors: kPermanent: malformed, incomplete, of another version, From not in h=, i= not below d=.
Result<Signature> parse_signature(std::string_view value);

}  // namespace hikyaku::dkim
