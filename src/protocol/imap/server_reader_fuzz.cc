// SPDX-License-Identifier: Apache-2.0
// Property: chunked = whole, whatever the server answers to APPEND; what is put out is bounded by
// what came in; a search key that was read prints and reads again as itself.
#include <cstdlib>

#include "protocol/imap/testing/print_search.h"
#include "protocol/imap/testing/replay.h"

namespace hikyaku::imap {
namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

ReplayScript fuzz_script(unsigned char bits) {
  ReplayScript script;
  constexpr State kStates[] = {State::kNotAuthenticated, State::kAuthenticated, State::kSelected,
                               State::kSelected};
  script.state = kStates[bits & 3];
  script.refuse = static_cast<ReplayScript::Refuse>((bits >> 2) % 5);
  if ((bits & 0x80) != 0) {
    script.limits.line_octets_max = script.limits.line_octets_before_login_max = 48;
    script.limits.command_octets_max = script.limits.command_octets_before_login_max = 80;
    script.limits.message_octets_max = 40;
    script.limits.skip_octets_max = 100;
    script.limits.bad_commands_max = 4;
  }
  return script;
}

void check_searches(const ReplayScript& script, std::string_view input) {
  ServerReader reader(script.limits);
  reader.set_state(script.state);
  reader.feed(input);
  while (true) {
    const Reaction reaction = reader.next();
    if (std::holds_alternative<NeedInput>(reaction) || std::holds_alternative<HangUp>(reaction))
      return;
    if (std::holds_alternative<AppendBegin>(reaction)) reader.accept_append();
    const auto* received = std::get_if<Received>(&reaction);
    const auto* search =
        received != nullptr ? std::get_if<Search>(&received->command.body) : nullptr;
    if (search == nullptr) continue;
    const SearchKey key{search->keys};
    const std::string printed = print_search(key);
    const CommandInfo* info = find_command("SEARCH");
    const std::string text = " " + printed;
    Scanner again(text, 1000);
    const Result<CommandBody> body = info->parse(again);
    check(body.has_value());
    SearchKey reread{std::get<Search>(*body).keys};
    // One key in parentheses is the key itself.
    check(print_search(reread) == "(" + printed + ")" || print_search(reread) == printed);
  }
}

}  // namespace
}  // namespace hikyaku::imap

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace hikyaku::imap;
  if (size < 2) return 0;
  const ReplayScript script = fuzz_script(data[0]);
  const std::size_t step = data[1] % 24 + 1;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < input.size(); i += step) pieces.push_back(input.substr(i, step));
  const std::string whole = replay(script, {input});
  const std::string chunked = replay(script, pieces);
  // Where the server refuses in the midst of a message, it may have had more or less of it.
  if (script.refuse != ReplayScript::Refuse::kData) check(whole == chunked);
  check(whole.size() <= 200 * input.size() + 200);
  check_searches(script, input);
  return 0;
}
