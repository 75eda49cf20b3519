// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "protocol/mailauth/spf/check.h"

namespace hikyaku::spf {

/// The header field of RFC 7208 §9.1 (with erratum 5436), folded, CRLF at the end. It goes above
/// the Received field. What peers and records said is made harmless: printable ASCII, quoted, cut
/// where it is long.
std::string received_spf(const Request& request, const Result& result);

}  // namespace hikyaku::spf
