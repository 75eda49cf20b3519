// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/commands.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace hikyaku::pop3 {
namespace {

using enum Commands::Place;
constexpr std::array kTable{
    Commands::Info{"AUTH", kAuthorization, &Commands::auth},
    Commands::Info{"CAPA", kAny, &Commands::capa},
    Commands::Info{"DELE", kTransaction, &Commands::dele},
    Commands::Info{"LIST", kTransaction, &Commands::list},
    Commands::Info{"NOOP", kTransaction, &Commands::noop},
    Commands::Info{"PASS", kAuthorization, &Commands::pass},
    Commands::Info{"QUIT", kAny, &Commands::quit},
    Commands::Info{"RETR", kTransaction, &Commands::retr},
    Commands::Info{"RSET", kTransaction, &Commands::rset},
    Commands::Info{"STAT", kTransaction, &Commands::stat},
    Commands::Info{"STLS", kAuthorization, &Commands::stls},
    Commands::Info{"TOP", kTransaction, &Commands::top},
    Commands::Info{"UIDL", kTransaction, &Commands::uidl},
    Commands::Info{"USER", kAuthorization, &Commands::user},
};

char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

const Commands::Info* Commands::find(std::string_view name) {
  for (const Info& info : kTable) {
    if (std::ranges::equal(name, info.name, {}, to_upper)) return &info;
  }
  return nullptr;
}

std::string_view Commands::take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  // RFC 1939 §3 has one space; clients that pad are understood.
  while (text.starts_with(' ')) text.remove_prefix(1);
  return word;
}

std::optional<std::uint32_t> Commands::parse_number(std::string_view text) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return number;
}

std::optional<std::uint32_t> Commands::message_number(ServerSession& session,
                                                      std::string_view text) {
  const std::optional<std::uint32_t> number = parse_number(text);
  if (!number) {
    session.error("", "a message number is missing, like: RETR 1");
  } else if (*number == 0 || *number > session.deleted_.size()) {
    session.error("", "no such message");
  } else if (session.deleted_[*number - 1]) {
    session.error("", "the message is marked as deleted; RSET takes that back");
  } else {
    return number;
  }
  return std::nullopt;
}

bool Commands::no_arguments(ServerSession& session, std::string_view arguments) {
  if (arguments.empty()) return true;
  session.error("", "this command has no arguments");
  return false;
}

bool Commands::may_send_password(ServerSession& session) {
  if (session.settings_.channel == ChannelSecurity::kEncrypted) return true;
  session.error("", "encryption comes first: use STLS, or the port for TLS");
  return false;
}

void Commands::append_listing_line(ServerSession& session, ServerSession::ListingOf of,
                                   std::uint32_t number) {
  const Drop::Message& message = session.drop_.messages[number - 1];
  std::string& out = session.output_;
  out += std::to_string(number);
  out += ' ';
  if (of == ServerSession::ListingOf::kSizes) {
    out += std::to_string(message.octets);
  } else {
    out += session.drop_.unique_id_prefix;
    out += std::to_string(message.uid);
  }
  out += "\r\n";
}

std::optional<Reaction> Commands::listing(ServerSession& session, std::string_view arguments,
                                          ServerSession::ListingOf of) {
  if (!arguments.empty()) {
    const std::optional<std::uint32_t> number = message_number(session, arguments);
    if (!number) return std::nullopt;
    session.bad_in_a_row_ = 0;
    session.output_ += "+OK ";
    append_listing_line(session, of, *number);
    return std::nullopt;
  }
  session.ok(std::to_string(session.messages_left_) + " messages");
  session.listing_of_ = of;
  session.listing_next_ = 1;
  return std::nullopt;
}

std::optional<Reaction> Commands::message(ServerSession& session, std::uint32_t number,
                                          std::optional<std::uint32_t> body_lines) {
  const Drop::Message& message = session.drop_.messages[number - 1];
  session.owes_ = ServerSession::Owes::kMessage;
  return NeedMessage{number, message.uid, message.octets, body_lines};
}

}  // namespace hikyaku::pop3
