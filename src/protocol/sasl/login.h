// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "protocol/sasl/mechanism.h"

namespace hikyaku::sasl {

/// LOGIN (draft-murchison-sasl-login-00): asks for the user name, then for the password. Obsolete,
/// but old clients of Microsoft and many devices know nothing else.
[[nodiscard]] std::unique_ptr<Mechanism> make_login(const Context& context);

}  // namespace hikyaku::sasl
