// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 1939 §4, §6: what is marked is deleted now, and only now.
std::optional<Reaction> Commands::quit(ServerSession& session, std::string_view arguments) {
  if (!no_arguments(session, arguments)) return std::nullopt;
  NeedCommit commit;
  for (std::size_t i = 0; i < session.deleted_.size(); ++i) {
    if (session.deleted_[i]) commit.uids.push_back(session.drop_.messages[i].uid);
  }
  if (commit.uids.empty()) {
    session.ok("goodbye");
    session.closing_ = true;
    return std::nullopt;
  }
  session.state_ = ServerSession::State::kUpdate;
  session.owes_ = ServerSession::Owes::kCommit;
  return commit;
}

}  // namespace hikyaku::pop3
