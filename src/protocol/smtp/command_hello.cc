// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/command_hello.h"

#include <algorithm>

#include "protocol/smtp/extension.h"

namespace hikyaku::smtp {
namespace {

constexpr std::size_t kNameOctetsMax = 255;

/// Why: RFC 5321 §4.1.4 wants a domain or literal, but underscores and bare addresses are common,
/// and what they mean is for the policy behind NeedHello. Here only harmless text is asked for.
bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameOctetsMax && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._:[]").contains(c);
  });
}

void accepted(ServerState& state, const Reply* reply) {
  state.drop_mail();
  state.hello = state.hello_asked;
  state.extended = state.extended_asked;
  Reply out{250, {}, reply != nullptr ? reply->text : state.config->host + " greets you"};
  if (state.extended) {
    for (const Extension* extension : extensions()) {
      if (extension->offered != nullptr && !extension->offered(state)) continue;
      out.text += '\n';
      out.text += extension->keyword;
      if (extension->arguments != nullptr) out.text += ' ' + extension->arguments(state);
    }
  }
  state.reply(out, Enhanced::kOmit);
}

void refused(ServerState& state, const Reply& reply) { state.reply(reply, Enhanced::kOmit); }

constexpr Question kQuestion{accepted, refused};

}  // namespace

std::optional<Reaction> run_hello(ServerState& state, std::string_view name, Hello kind) {
  if (!is_name(name)) {
    state.mistake(reason::kBadHello);
    return std::nullopt;
  }
  state.hello_asked = name;
  state.extended_asked = kind == Hello::kExtended;
  state.ask(kQuestion);
  return NeedHello{state.hello_asked};
}

}  // namespace hikyaku::smtp
