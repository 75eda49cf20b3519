// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hikyaku::sasl {

/// RFC 4648 §4, with padding, in one line.
[[nodiscard]] std::string base64_encode(std::string_view octets);

/// The one text that base64_encode() gives for some octets, back to these octets.
///
/// Errors: kPermanent for anything else: other characters (spaces and line ends too), missing or
///         misplaced padding, bits that are not zero behind the last octet (RFC 4648 §3.5), or a
///         result of more than octets_max octets.
[[nodiscard]] Result<std::string> base64_decode(std::string_view text, std::size_t octets_max);

}  // namespace hikyaku::sasl
