// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command_table.h"

#include <algorithm>
#include <array>

#include "protocol/imap/text.h"

namespace hikyaku::imap {
namespace {

using Parse = Result<CommandBody> (*)(Scanner&);

template <auto kParse>
Result<CommandBody> as_body(Scanner& in) {
  auto parsed = kParse(in);
  if (!parsed) return std::unexpected(std::move(parsed).error());
  return CommandBody(*std::move(parsed));
}

/// A name alone.
template <class T>
Result<CommandBody> bare(Scanner& in) {
  HK_TRY(in.end());
  return CommandBody(T{});
}

constexpr std::uint8_t bit(State state) { return static_cast<std::uint8_t>(state); }
constexpr std::uint8_t kBefore = bit(State::kNotAuthenticated);
constexpr std::uint8_t kSelected = bit(State::kSelected);
constexpr std::uint8_t kAfter = bit(State::kAuthenticated) | bit(State::kSelected);
constexpr std::uint8_t kAny = kBefore | kAfter;

using enum ExpungeRule;
using enum Sensitive;

// Sorted by name. ENABLE is allowed in the selected state too, as clients send it there.
constexpr std::array kTable{
    CommandInfo{"APPEND", kAfter, kMaySend, kNo, nullptr},
    CommandInfo{"AUTHENTICATE", kBefore, kMaySend, kYes, &as_body<parse_authenticate>},
    CommandInfo{"CAPABILITY", kAny, kMaySend, kNo, &bare<Capability>},
    CommandInfo{"CHECK", kSelected, kMaySend, kNo, &bare<Check>},
    CommandInfo{"CLOSE", kSelected, kMustWait, kNo, &bare<CloseMailbox>},
    CommandInfo{"COPY", kSelected, kMaySend, kNo, &as_body<parse_copy>},
    CommandInfo{"CREATE", kAfter, kMaySend, kNo, &as_body<parse_create>},
    CommandInfo{"DELETE", kAfter, kMaySend, kNo, &as_body<parse_delete>},
    CommandInfo{"ENABLE", kAfter, kMaySend, kNo, &as_body<parse_enable>},
    CommandInfo{"EXAMINE", kAfter, kMustWait, kNo, &as_body<parse_examine>},
    CommandInfo{"EXPUNGE", kSelected, kMaySend, kNo, &as_body<parse_expunge>},
    CommandInfo{"FETCH", kSelected, kMustWait, kNo, &as_body<parse_fetch>},
    CommandInfo{"ID", kAny, kMaySend, kNo, &as_body<parse_id>},
    CommandInfo{"IDLE", kAfter, kMaySend, kNo, &bare<Idle>},
    CommandInfo{"LIST", kAfter, kMaySend, kNo, &as_body<parse_list>},
    CommandInfo{"LOGIN", kBefore, kMaySend, kYes, &as_body<parse_login>},
    CommandInfo{"LOGOUT", kAny, kMustWait, kNo, &bare<Logout>},
    CommandInfo{"LSUB", kAfter, kMaySend, kNo, &as_body<parse_lsub>},
    CommandInfo{"MOVE", kSelected, kMaySend, kNo, &as_body<parse_move>},
    CommandInfo{"NAMESPACE", kAfter, kMaySend, kNo, &bare<Namespace>},
    CommandInfo{"NOOP", kAny, kMaySend, kNo, &bare<Noop>},
    CommandInfo{"RENAME", kAfter, kMaySend, kNo, &as_body<parse_rename>},
    CommandInfo{"SEARCH", kSelected, kMustWait, kNo, &as_body<parse_search>},
    CommandInfo{"SELECT", kAfter, kMustWait, kNo, &as_body<parse_select>},
    CommandInfo{"STARTTLS", kBefore, kMaySend, kNo, &bare<StartTls>},
    CommandInfo{"STATUS", kAfter, kMaySend, kNo, &as_body<parse_status>},
    CommandInfo{"STORE", kSelected, kMustWait, kNo, &as_body<parse_store>},
    CommandInfo{"SUBSCRIBE", kAfter, kMaySend, kNo, &as_body<parse_subscribe>},
    CommandInfo{"UID COPY", kSelected, kMaySend, kNo, &as_body<parse_uid_copy>},
    CommandInfo{"UID EXPUNGE", kSelected, kMaySend, kNo, &as_body<parse_uid_expunge>},
    CommandInfo{"UID FETCH", kSelected, kMaySend, kNo, &as_body<parse_uid_fetch>},
    CommandInfo{"UID MOVE", kSelected, kMaySend, kNo, &as_body<parse_uid_move>},
    CommandInfo{"UID SEARCH", kSelected, kMaySend, kNo, &as_body<parse_uid_search>},
    CommandInfo{"UID STORE", kSelected, kMaySend, kNo, &as_body<parse_uid_store>},
    CommandInfo{"UNSELECT", kSelected, kMustWait, kNo, &bare<Unselect>},
    CommandInfo{"UNSUBSCRIBE", kAfter, kMaySend, kNo, &as_body<parse_unsubscribe>},
};

constexpr std::size_t kNameOctetsMax = 32;
constexpr std::size_t kTagOctetsMax = 256;

/// RFC 9051 §9: tag = 1*<any ASTRING-CHAR except "+">.
bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > kTagOctetsMax) return false;
  return std::ranges::all_of(text, [](char c) {
    return c > 0x20 && c < 0x7f && std::string_view("(){%*\"\\+").find(c) == std::string_view::npos;
  });
}

std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace

std::span<const CommandInfo> command_table() { return kTable; }

const CommandInfo* find_command(std::string_view name) {
  if (name.size() > kNameOctetsMax) return nullptr;
  const std::string wanted = upper(name);
  const auto found = std::ranges::lower_bound(kTable, wanted, {}, &CommandInfo::name);
  return found != kTable.end() && found->name == wanted ? &*found : nullptr;
}

CommandStart read_command_start(std::string_view line) {
  CommandStart start;
  std::string_view rest = line;
  const std::string_view tag = take_word(rest);
  if (!is_tag(tag)) {
    start.problem =
        line.empty() ? "an empty line is no command" : "a command begins with a tag, like: a1 NOOP";
    return start;
  }
  start.tag = tag;
  if (rest.size() < 2) {
    start.problem = "a command is missing behind the tag";
    return start;
  }
  rest.remove_prefix(1);
  const std::string_view from_name = rest;
  std::string_view name = take_word(rest);
  if (same_word(name, "UID") && rest.size() > 1) {
    rest.remove_prefix(1);
    name = from_name.substr(0, name.size() + 1 + take_word(rest).size());
  }
  start.info = find_command(name);
  start.arguments = rest;
  if (start.info == nullptr) start.problem = "there is no such command";
  return start;
}

std::string_view not_now_text(const CommandInfo& info, State state) {
  if (state == State::kLogout) return "the session is over";
  if (state == State::kNotAuthenticated) return "log in first";
  if (info.states == kBefore) return "you are logged in already";
  return "select a mailbox first";
}

}  // namespace hikyaku::imap
