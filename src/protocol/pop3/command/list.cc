// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 1939 §5.
std::optional<Reaction> Commands::list(ServerSession& session, std::string_view arguments) {
  return listing(session, arguments, ServerSession::ListingOf::kSizes);
}

}  // namespace hikyaku::pop3
