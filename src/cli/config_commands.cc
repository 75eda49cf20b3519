// SPDX-License-Identifier: Apache-2.0
// hikyaku config
#include <fmt/format.h>

#include "cli/commands.h"
#include "config/print.h"

namespace hikyaku::cli {
namespace {

int check(const Context& context) {
  const auto config = read_config(context);
  if (!config) {
    report(context, config.error());
    return kBadConfiguration;
  }
  fmt::print("{}\n", context.json ? R"({"configuration": "fine"})" : "the configuration is fine");
  return kDone;
}

int show_config(const Context& context) {
  const auto config = read_config(context);
  if (!config) {
    report(context, config.error());
    return kBadConfiguration;
  }
  const auto text = config::print(*config);
  if (context.json) {
    fmt::print("{}\n", app::Json{{"toml", text}}.dump(2));
  } else {
    fmt::print("{}", text);
  }
  return kDone;
}

int show_defaults(const Context& /*context*/) {
  fmt::print("{}", config::print_defaults());
  return kDone;
}

}  // namespace

void add_config_commands(CLI::App& app, Context& context, Action& action) {
  auto* config = app.add_subcommand("config", "the configuration file");
  config->require_subcommand(1);
  auto add = [&](const char* name, const char* help, int (*run)(const Context&)) {
    add_command(*config, context, name, help)->callback([&context, &action, run] {
      action = [&context, run] { return run(context); };
    });
  };
  add("check", "say what is wrong with it: file, line, key and remedy", check);
  add("show", "what is in force, defaults included", show_config);
  add("defaults", "a file with every key, its meaning and its default, to start from",
      show_defaults);
}

}  // namespace hikyaku::cli
