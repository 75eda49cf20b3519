// SPDX-License-Identifier: Apache-2.0
// hikyaku completion: a script for bash (zsh takes it too, with bashcompinit), made from the
// commands themselves.
#include <fmt/format.h>

#include <iterator>

#include "cli/commands.h"

namespace hikyaku::cli {
namespace {

/// The words that may follow a command: its subcommands and options.
std::string words_after(const CLI::App& command) {
  std::string out;
  for (const auto* sub : command.get_subcommands({})) out += sub->get_name() + " ";
  for (const auto* option : command.get_options())
    for (const auto& name : option->get_lnames()) out += "--" + name + " ";
  return out;
}

void add_cases(std::string& out, const CLI::App& command, const std::string& path) {
  fmt::format_to(std::back_inserter(out), "    \"{}\") words=\"{}\" ;;\n", path,
                 words_after(command));
  for (const auto* sub : command.get_subcommands({}))
    add_cases(out, *sub, path.empty() ? sub->get_name() : path + " " + sub->get_name());
}

std::string bash_script(const CLI::App& app) {
  std::string cases;
  add_cases(cases, app, "");
  return fmt::format(R"(# bash completion for hikyaku:  source <(hikyaku completion)
_hikyaku_words() {{
  case "$1" in
{}    *) return 1 ;;
  esac
}}
_hikyaku() {{
  local path="" word words="" before="${{COMP_WORDS[COMP_CWORD-1]}}"
  # Addresses and values of options are no part of the command.
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    [[ $word != -* ]] && _hikyaku_words "${{path:+$path }}$word" && path="${{path:+$path }}$word"
  done
  _hikyaku_words "$path"
  word="${{COMP_WORDS[COMP_CWORD]}}"
  case "$before" in
    --config) COMPREPLY=($(compgen -f -- "$word")) ;;
    --data|--dir) COMPREPLY=($(compgen -d -- "$word")) ;;
    --lang|--language) COMPREPLY=($(compgen -W "en ja" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
  esac
}}
complete -F _hikyaku hikyaku
)",
                     cases);
}

}  // namespace

void add_completion_command(CLI::App& app, Context& context, Action& action) {
  auto* command = add_command(app, context, "completion",
                              {"shell completion: source <(hikyaku completion)",
                               "シェルの補完: source <(hikyaku completion)"});
  command->callback([&app, &action] {
    action = [&app] {
      fmt::print("{}", bash_script(app));
      return static_cast<int>(kDone);
    };
  });
}

}  // namespace hikyaku::cli
