// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 1939 §5.
std::optional<Reaction> Commands::stat(ServerSession& session, std::string_view arguments) {
  if (!no_arguments(session, arguments)) return std::nullopt;
  session.ok(std::to_string(session.messages_left_) + " " + std::to_string(session.octets_left_));
  return std::nullopt;
}

}  // namespace hikyaku::pop3
