// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 2595 §4.
std::optional<Reaction> Commands::stls(ServerSession& session, std::string_view arguments) {
  if (!no_arguments(session, arguments)) return std::nullopt;
  if (session.settings_.channel == ChannelSecurity::kEncrypted) {
    session.error("", "the connection is encrypted already");
    return std::nullopt;
  }
  if (!session.settings_.can_start_tls) {
    session.error("", "there is no TLS here");
    return std::nullopt;
  }
  session.ok("begin TLS");
  session.owes_ = ServerSession::Owes::kTls;
  return NeedTls{};
}

}  // namespace hikyaku::pop3
