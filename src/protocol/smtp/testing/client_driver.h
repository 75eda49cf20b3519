// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/smtp/client_session.h"

namespace hikyaku::smtp {

/// A server of few words: each command is answered by the first rule whose prefix fits, and a rule
/// with several replies gives them in turn (the last one again and again). A reply "" says nothing;
/// "\x04" hangs up.
struct FakeServer {
  std::string greeting = "220 there\r\n";
  std::vector<std::pair<std::string, std::vector<std::string>>> rules;
};

/// What the client did.
struct ClientRun {
  std::vector<std::string> writes;  ///< what went out between two reads, "|" for CRLF
  std::vector<std::vector<RecipientResult>> results;  ///< per message
  std::string summary;  ///< one line per recipient: address outcome stage reply
  std::string data;     ///< what came after DATA, of the last message
  bool started_tls = false;
  bool chunking_refused = false;
  std::optional<ClientFailure> failure;
  std::string transcript;
};

struct ClientDrive {
  std::size_t chunk = 1 << 20;  ///< octets per feed()
  std::string body = "Subject: hi\r\n\r\n.hello\r\n";
  std::size_t body_chunk = 1 << 20;
};

/// Plays shell and server. What the server does not answer becomes a timeout.
[[nodiscard]] ClientRun drive_client(ClientConfig config, std::vector<ClientMessage> messages,
                                     FakeServer server, const ClientDrive& drive = {});

}  // namespace hikyaku::smtp
