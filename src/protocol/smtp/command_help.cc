// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/extension.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp {

namespace verb {
namespace {

std::optional<Reaction> run(ServerState& state, std::string_view) {
  std::string text = "commands:";
  for (const Verb* v : verbs()) {
    text += ' ';
    text += v->name;
  }
  text += "\nrefusals end with a reason in brackets: hikyaku explain REASON says more";
  state.reply({214, {2, 0, 0}, std::move(text)});
  return std::nullopt;
}

}  // namespace

// RFC 5321 §4.1.1.8
constinit const Verb kHelp{"HELP", run};

}  // namespace verb

namespace extension {
// RFC 5321 §4.1.1.1: HELP is not required, so it is named.
constinit const Extension kHelp{.keyword = "HELP"};
}  // namespace extension

}  // namespace hikyaku::smtp
