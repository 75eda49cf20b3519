// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "protocol/pop3/server_session.h"

namespace hikyaku::pop3 {

/// The commands, each in a file of command/. They read arguments, change the session's state and
/// write replies; a Reaction goes to the shell.
struct Commands {
  using Run = std::optional<Reaction> (*)(ServerSession& session, std::string_view arguments);

  static std::optional<Reaction> auth(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> capa(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> dele(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> list(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> noop(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> pass(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> quit(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> retr(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> rset(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> stat(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> stls(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> top(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> uidl(ServerSession& session, std::string_view arguments);
  static std::optional<Reaction> user(ServerSession& session, std::string_view arguments);

  enum class Place : unsigned char { kAuthorization, kTransaction, kAny };
  struct Info {
    std::string_view name;  ///< upper case
    Place place = Place::kAny;
    Run run = nullptr;
  };
  /// By name, in any case; nullptr if there is no such command.
  static const Info* find(std::string_view name);

  // What several commands need.

  /// A message number whose message is there and not marked; else an error was written.
  static std::optional<std::uint32_t> message_number(ServerSession& session, std::string_view text);
  static std::optional<std::uint32_t> parse_number(std::string_view text);
  /// The word at the front, taken off with the spaces behind it.
  static std::string_view take_word(std::string_view& text);
  /// True if there is nothing; else an error was written.
  static bool no_arguments(ServerSession& session, std::string_view arguments);
  /// True if a password may cross this connection; else an error was written.
  static bool may_send_password(ServerSession& session);
  /// "LIST" and "UIDL", with or without a number.
  static std::optional<Reaction> listing(ServerSession& session, std::string_view arguments,
                                         ServerSession::ListingOf of);
  static void append_listing_line(ServerSession& session, ServerSession::ListingOf of,
                                  std::uint32_t number);
  /// RETR and TOP.
  static std::optional<Reaction> message(ServerSession& session, std::uint32_t number,
                                         std::optional<std::uint32_t> body_lines);
};

}  // namespace hikyaku::pop3
