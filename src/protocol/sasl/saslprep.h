// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "base/secret.h"

namespace hikyaku::sasl {

/// A password in the one form that SASLprep (RFC 4013) gives to all its spellings: what mechanisms
/// compare and make keys from. Characters that Unicode 3.2 does not have are kept as they are.
///
/// Errors: kPermanent, with what is wrong, for what SASLprep prohibits: control characters, private
/// use, mixed directions, what is no UTF-8; and for what has nothing left.
[[nodiscard]] Result<Secret> saslprep(const Secret& password);

}  // namespace hikyaku::sasl
