// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 1939 §5.
std::optional<Reaction> Commands::rset(ServerSession& session, std::string_view arguments) {
  if (!no_arguments(session, arguments)) return std::nullopt;
  session.unmark_all();
  session.ok("no message is marked as deleted");
  return std::nullopt;
}

}  // namespace hikyaku::pop3
