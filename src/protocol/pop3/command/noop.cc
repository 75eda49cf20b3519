// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 1939 §5.
std::optional<Reaction> Commands::noop(ServerSession& session, std::string_view arguments) {
  if (no_arguments(session, arguments)) session.ok("nothing done");
  return std::nullopt;
}

}  // namespace hikyaku::pop3
