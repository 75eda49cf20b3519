// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "protocol/smtp/reaction.h"
#include "protocol/smtp/server_state.h"

namespace hikyaku::smtp {

enum class Hello : unsigned char { kSimple, kExtended };

/// What HELO, EHLO and LHLO have in common: checks the name and asks NeedHello. Accepting ends a
/// transaction as RSET does (RFC 5321 §4.1.4) and queues the reply, with the extensions if
/// extended.
[[nodiscard]] std::optional<Reaction> run_hello(ServerState& state, std::string_view name,
                                                Hello kind);

}  // namespace hikyaku::smtp
