// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "protocol/sasl/mechanism.h"

namespace hikyaku::sasl {

/// PLAIN (RFC 4616): [authzid] NUL authcid NUL password, in one response.
[[nodiscard]] std::unique_ptr<Mechanism> make_plain(const Context& context);

}  // namespace hikyaku::sasl
