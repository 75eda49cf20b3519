// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "protocol/smtp/reaction.h"
#include "protocol/smtp/server_state.h"

namespace hikyaku::smtp {

/// A command. Each lives in its own command_*.cc; verbs.cc has the table.
struct Verb {
  std::string_view name;
  /// Does it. nullopt: the reply is queued; else what the shell must do now. `args` is what follows
  /// the verb and one space, without trailing spaces.
  std::optional<Reaction> (*run)(ServerState& state, std::string_view args);
};

[[nodiscard]] std::span<const Verb* const> verbs();

namespace verb {
extern const Verb kEhlo, kHelo, kLhlo, kMail, kRcpt, kData, kBdat, kRset, kNoop, kQuit, kVrfy,
    kExpn, kHelp, kStartTls, kAuth;
}  // namespace verb

/// A line in Phase::kAuth.
[[nodiscard]] std::optional<Reaction> run_auth_line(ServerState& state, std::string_view line);
/// The shell's answer to NeedAuth and AuthResponse, beside accept and refuse.
void auth_challenge(ServerState& state, std::string_view octets);

/// Reads and hands out data in Phase::kData; nullopt when the end was answered.
[[nodiscard]] std::optional<Reaction> read_data(ServerState& state);
/// Reads and hands out the octets of a chunk in Phase::kChunk; nullopt when it was answered.
[[nodiscard]] std::optional<Reaction> read_chunk(ServerState& state);
/// What is wrong with the message so far, if anything is.
[[nodiscard]] std::optional<Reply> data_objection(const ServerState& state);
/// Asks the shell for its answer to the whole message.
[[nodiscard]] Reaction ask_for_end(ServerState& state);
/// Answers the data, once or once per recipient, and ends the transaction.
void finish_data(ServerState& state, std::span<const Reply> replies);

/// Why a path is refused: octets over 127 have a status of their own (RFC 6531 §3.2).
[[nodiscard]] const Reason& path_reason(std::string_view path, Utf8 utf8);

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace hikyaku::smtp
