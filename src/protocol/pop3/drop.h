// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hikyaku::pop3 {

/// The mailbox as it was at login, for the length of the session (RFC 1939 §4, §5).
struct Drop {
  struct Message {
    std::uint32_t uid = 0;
    std::uint32_t octets = 0;  ///< with CRLF line ends, as sent
  };
  /// In order of arrival; message n of the protocol is messages[n - 1].
  std::vector<Message> messages;
  /// A message's unique-id is this and its uid in decimal ("1700000000." -> "1700000000.42"):
  /// it must change when UIDs are given out anew (RFC 1939 §7 UIDL).
  std::string unique_id_prefix;
};

}  // namespace hikyaku::pop3
