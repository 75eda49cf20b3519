// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 1939 §7.
std::optional<Reaction> Commands::user(ServerSession& session, std::string_view arguments) {
  if (!may_send_password(session)) return std::nullopt;
  if (arguments.empty()) {
    session.error("", "the user name is missing");
    return std::nullopt;
  }
  // No word on whether there is such a user (RFC 1939 §13).
  session.user_ = arguments;
  session.ok("now the password");
  return std::nullopt;
}

}  // namespace hikyaku::pop3
