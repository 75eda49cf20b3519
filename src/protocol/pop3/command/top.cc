// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

namespace hikyaku::pop3 {

// RFC 1939 §7.
std::optional<Reaction> Commands::top(ServerSession& session, std::string_view arguments) {
  const std::optional<std::uint32_t> number = message_number(session, take_word(arguments));
  if (!number) return std::nullopt;
  const std::optional<std::uint32_t> lines = parse_number(arguments);
  if (!lines) {
    session.error("", "the number of lines is missing, like: TOP 1 10");
    return std::nullopt;
  }
  return message(session, *number, lines);
}

}  // namespace hikyaku::pop3
