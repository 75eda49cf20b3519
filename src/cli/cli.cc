// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "cli/commands.h"

namespace hikyaku::cli {
namespace {

constexpr const char* kAbout =
    "hikyaku: a whole mail server in one program.\n\n"
    "First steps:\n"
    "  hikyaku quickstart you@example.org   set up this machine, and see what to publish in DNS\n"
    "  hikyaku serve                        run the server in the foreground\n"
    "  hikyaku account add ann@example.org  add people, while the server runs\n"
    "  hikyaku track NUMBER                 the whole way of a message\n"
    "  hikyaku explain \"550 5.7.1 ...\"      what a reply means, who must act, what to do";

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 refused, 2 wrong command line, 3 wrong configuration, 4 failed for now "
    "(try again),\n"
    "5 the check has findings. With --json the answer is on standard output, errors too.\n"
    "Each command has its own --help.";

/// What is wrong with the command line, as text or, when --json is among the words, as JSON.
int report_command_line(const CLI::App& app, const CLI::ParseError& error,
                        std::span<char* const> words) {
  std::string text = error.what();
  const auto named = [&words](const CLI::App* command) { return command->check_name(words[1]); };
  if (words.size() > 1 && words[1][0] != '-' && app.get_subcommands(named).empty())
    text = fmt::format("there is no command \"{}\"", words[1]);
  Context context;
  context.json = std::ranges::any_of(words, [](std::string_view w) { return w == "--json"; });
  report(context, Error{Remedy::kPermanent, text});
  if (!context.json) fmt::print(stderr, "Run it with --help to see what it takes.\n");
  return kWrongCommandLine;
}

}  // namespace

CLI::App* add_command(CLI::App& parent, Context& context, const char* name, const char* help) {
  auto* command = parent.add_subcommand(name, help);
  command->add_option("--config", context.config_file,
                      "configuration file [$HIKYAKU_CONFIG, or /etc/hikyaku/hikyaku.toml]");
  command->add_flag("--json", context.json, "answer as JSON");
  return command;
}

int run(int argc, char** argv) {
  CLI::App app(kAbout, "hikyaku");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.set_version_flag("--version", "hikyaku " HIKYAKU_VERSION);
  Context context;
  Action action;
  add_server_commands(app, context, action);
  add_directory_commands(app, context, action);
  add_queue_commands(app, context, action);
  add_config_commands(app, context, action);
  add_explain_command(app, context, action);
  add_completion_command(app, context, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return report_command_line(app, error, {argv, static_cast<std::size_t>(argc)});
  }
  return action ? action() : kWrongCommandLine;
}

}  // namespace hikyaku::cli
