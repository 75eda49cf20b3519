// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 1939 §5. A mark only: QUIT deletes.
std::optional<Reaction> Commands::dele(ServerSession& session, std::string_view arguments) {
  const std::optional<std::uint32_t> number = message_number(session, arguments);
  if (!number) return std::nullopt;
  session.deleted_[*number - 1] = true;
  --session.messages_left_;
  session.octets_left_ -= session.drop_.messages[*number - 1].octets;
  session.ok("marked as deleted");
  return std::nullopt;
}

}  // namespace hikyaku::pop3
