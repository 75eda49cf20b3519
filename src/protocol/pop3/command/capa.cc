// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 2449 §5.
std::optional<Reaction> Commands::capa(ServerSession& session, std::string_view arguments) {
  if (!no_arguments(session, arguments)) return std::nullopt;
  const auto& settings = session.settings_;
  const bool encrypted = settings.channel == ChannelSecurity::kEncrypted;
  const bool logged_in = session.state_ != ServerSession::State::kAuthorization;
  session.ok("what this server can do");
  std::string& out = session.output_;
  out += "TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n";
  // RFC 2595 §4: only where STLS works now. RFC 2449 §6.2: USER only where it works.
  if (!encrypted && settings.can_start_tls && !logged_in) out += "STLS\r\n";
  if (encrypted) out += "USER\r\n";
  const auto& mechanisms = settings.mechanisms;
  if (!mechanisms.empty()) {
    out += "SASL";
    for (const std::string_view name : mechanisms) {
      out += ' ';
      out += name;
    }
    out += "\r\n";
  }
  out += "EXPIRE NEVER\r\n";
  if (logged_in) out += "IMPLEMENTATION hikyaku\r\n";
  out += ".\r\n";
  return std::nullopt;
}

}  // namespace hikyaku::pop3
