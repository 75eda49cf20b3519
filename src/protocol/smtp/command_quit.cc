// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp::verb {
namespace {

std::optional<Reaction> run(ServerState& state, std::string_view args) {
  if (!args.empty()) {
    state.mistake(reason::kBadArgument);
    return std::nullopt;
  }
  state.drop_mail();
  state.reply({221, {2, 0, 0}, state.config->host + " closing"});
  state.close(CloseReason::kQuit);
  return std::nullopt;
}

}  // namespace

// RFC 5321 §4.1.1.10
constinit const Verb kQuit{"QUIT", run};

}  // namespace hikyaku::smtp::verb
