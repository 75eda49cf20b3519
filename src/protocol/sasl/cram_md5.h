// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "protocol/sasl/mechanism.h"

namespace hikyaku::sasl {

/// CRAM-MD5 (RFC 2195): a challenge that is never the same, and HMAC-MD5 of it under the password.
/// Obsolete: no salt, no channel binding, and what is kept for it logs in. For old devices.
[[nodiscard]] std::unique_ptr<Mechanism> make_cram_md5(const Context& context);

}  // namespace hikyaku::sasl
