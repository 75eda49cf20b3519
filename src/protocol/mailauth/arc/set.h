// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "protocol/mailauth/dkim/message.h"
#include "protocol/mailauth/dkim/signature.h"

namespace hikyaku::arc {

/// RFC 8617 §4.4.
enum class ChainStatus : unsigned char { kNone, kPass, kFail };
/// "none", "pass", "fail".
[[nodiscard]] std::string_view name_of(ChainStatus status);

inline constexpr unsigned kInstancesMax = 50;  // RFC 8617 §4.2.1

/// ARC-Seal (§4.1.3). Places are of the field's value.
struct Seal : dkim::Signing {
  unsigned instance = 0;
  ChainStatus status = ChainStatus::kNone;  ///< cv=
};
/// Errors: kPermanent; h= is one.
Result<Seal> parse_seal(std::string_view value);

/// ARC-Message-Signature (§4.1.2).
struct MessageSignature : dkim::Signature {
  unsigned instance = 0;
};
/// Errors: kPermanent; arc-seal in h= is one. That h= names no field, or the other ARC fields, is
/// none: the public tests for ARC want it so.
Result<MessageSignature> parse_message_signature(std::string_view value);

/// ARC-Authentication-Results (§4.1.1): the instance; what is behind it is not looked at.
Result<unsigned> results_instance(std::string_view value);

/// The three fields of one instance; places in Header::fields().
struct Set {
  std::size_t results = 0;
  std::size_t signature_field = 0;
  std::size_t seal_field = 0;
  MessageSignature signature;
  Seal seal;
};

/// The ARC fields of a header.
struct Chain {
  std::vector<Set> sets;  ///< instance 1 first; empty unless the structure is valid
  std::string problem;    ///< with the structure (RFC 8617 §5.2, steps 1 to 3); "" for none
  unsigned highest = 0;   ///< instance in any field that could be read; 0: no ARC field
  bool full =
      false;  ///< no field can be added without there being more than kInstancesMax of a kind
  bool ended = false;  ///< the highest seal says cv=fail: nobody seals behind it (§5.1.3)
  [[nodiscard]] bool empty() const { return sets.empty() && problem.empty(); }
};

/// Bounded: with over kInstancesMax fields of a kind, none is read.
Chain read_chain(const dkim::Header& header);

}  // namespace hikyaku::arc
