// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/smtp/server_session.h"

namespace hikyaku::smtp {

/// What a session did with an input.
struct ServerRun {
  std::string log;                    ///< one line per reaction; the chunks of a message are one
  std::string output;                 ///< all replies
  std::vector<std::string> messages;  ///< accepted ones
  bool closed = false;
};

struct ServerDrive {
  std::size_t chunk = 1 << 20;  ///< octets per feed()
  bool keep_input = false;      ///< call keep_input() at every question
  bool tls = false;
};

/// Plays the shell. Every segment is fed in chunks; what is left of it when TLS starts is lost.
///
/// Refused are: hello "bad.example", senders "bad@…", recipients "no@…" (550), "later@…" (451).
/// Logins: PLAIN with "ok"; else a challenge "more?", and then "ok" or not.
[[nodiscard]] ServerRun drive_server(const ServerConfig& config,
                                     const std::vector<std::string>& segments,
                                     ServerDrive drive = {});

/// CR, LF and what is not printable, readable.
[[nodiscard]] std::string escaped(std::string_view octets);

}  // namespace hikyaku::smtp
