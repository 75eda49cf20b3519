// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

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
    const int code = app.exit(error);
    return code == 0 ? kDone : kWrongCommandLine;
  }
  return action ? action() : kWrongCommandLine;
}

}  // namespace hikyaku::cli
