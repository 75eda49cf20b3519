// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/imap/command.h"
#include "protocol/imap/scanner.h"

namespace hikyaku::imap {

/// RFC 9051 §3.
enum class State : std::uint8_t {
  kNotAuthenticated = 1,
  kAuthenticated = 2,
  kSelected = 4,
  kLogout = 8,
};

/// May untagged EXPUNGE (or VANISHED) be sent while the command runs? Never where the client
/// addresses by message number and may have sent the next command already (RFC 9051 §7.5.1).
enum class ExpungeRule : std::uint8_t { kMaySend, kMustWait };

enum class Sensitive : std::uint8_t { kNo, kYes };

/// All that is known of a command before its arguments are read.
struct CommandInfo {
  std::string_view name;    ///< upper case; "UID FETCH" is a name
  std::uint8_t states = 0;  ///< of State, or-ed
  ExpungeRule expunges = ExpungeRule::kMaySend;
  Sensitive sensitive = Sensitive::kNo;                 ///< its octets hold a password
  Result<CommandBody> (*parse)(Scanner& in) = nullptr;  ///< nullptr: APPEND, which is streamed

  [[nodiscard]] bool allowed_in(State state) const {
    return (states & static_cast<std::uint8_t>(state)) != 0;
  }
};

[[nodiscard]] std::span<const CommandInfo> command_table();

/// By name, in any case; nullptr if there is no such command.
[[nodiscard]] const CommandInfo* find_command(std::string_view name);

/// A command's first words: "TAG SP NAME", or "TAG SP UID SP NAME".
struct CommandStart {
  std::string_view tag;               ///< empty if there is none that could be answered
  const CommandInfo* info = nullptr;  ///< nullptr: no such command
  std::string_view arguments;         ///< all behind the name
  std::string_view problem;           ///< for the BAD reply if info is nullptr
};
[[nodiscard]] CommandStart read_command_start(std::string_view line);

/// Why a command cannot be used in this state, and what to do, for the BAD reply.
[[nodiscard]] std::string_view not_now_text(const CommandInfo& info, State state);

}  // namespace hikyaku::imap
