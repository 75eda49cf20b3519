// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 5034. Without arguments it lists the mechanisms, as some old clients expect.
std::optional<Reaction> Commands::auth(ServerSession& session, std::string_view arguments) {
  if (arguments.empty()) {
    session.ok("mechanisms");
    for (const std::string_view name : session.settings_.mechanisms) {
      session.output_ += name;
      session.output_ += "\r\n";
    }
    session.output_ += ".\r\n";
    return std::nullopt;
  }
  NeedAuth need;
  need.mechanism = take_word(arguments);
  if (!arguments.empty()) need.initial.emplace(take_word(arguments));
  if (!no_arguments(session, arguments)) return std::nullopt;
  session.owes_ = ServerSession::Owes::kLogin;
  return need;
}

}  // namespace hikyaku::pop3
