// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 1939 §5.
std::optional<Reaction> Commands::retr(ServerSession& session, std::string_view arguments) {
  const std::optional<std::uint32_t> number = message_number(session, arguments);
  return number ? message(session, *number, std::nullopt) : std::nullopt;
}

}  // namespace hikyaku::pop3
