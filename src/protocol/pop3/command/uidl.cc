// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 1939 §7.
std::optional<Reaction> Commands::uidl(ServerSession& session, std::string_view arguments) {
  return listing(session, arguments, ServerSession::ListingOf::kUniqueIds);
}

}  // namespace hikyaku::pop3
