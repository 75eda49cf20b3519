// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 1939 §7.
std::optional<Reaction> Commands::pass(ServerSession& session, std::string_view arguments) {
  if (!may_send_password(session)) return std::nullopt;
  if (session.user_.empty()) {
    session.error("", "USER comes first");
    return std::nullopt;
  }
  // All that is behind the one space, spaces included (RFC 1939 §7 PASS).
  if (arguments.empty()) {
    session.error("", "the password is missing");
    return std::nullopt;
  }
  session.owes_ = ServerSession::Owes::kLogin;
  return NeedLogin{std::exchange(session.user_, {}), Secret(arguments)};
}

}  // namespace hikyaku::pop3
