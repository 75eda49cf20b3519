// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/pop3/server_session.h"

namespace hikyaku::pop3 {

/// A server around a session: one account (mrose, secret), some messages, no network.
struct DialogueScript {
  ServerSession::Settings settings;
  std::vector<std::string> messages;  ///< UID n + 1 is messages[n]
  /// login_failed() with this for "mrose" too.
  std::optional<LoginFailure> login_failure;
  bool messages_fail = false;  ///< message_failed() for each
  ServerSession::Committed commit = ServerSession::Committed::kAll;
};

struct DialogueResult {
  std::string sent;                    ///< all that went to the client
  std::vector<std::uint32_t> deleted;  ///< UIDs that were deleted
  bool closed = false;
  std::size_t output_octets_max = 0;  ///< the largest output() that was seen
};

/// Feeds the pieces, and plays the shell's part.
[[nodiscard]] DialogueResult dialogue(const DialogueScript& script,
                                      const std::vector<std::string_view>& pieces);

}  // namespace hikyaku::pop3
