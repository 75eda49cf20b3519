// SPDX-License-Identifier: Apache-2.0
// hikyaku config
#include <fmt/format.h>

#include "cli/commands.h"
#include "config/print.h"
#include "config/read.h"

namespace hikyaku::cli {
namespace {

int check(const Context& context) {
  const auto config = read_config(context);
  if (!config) {
    report(context, config.error());
    return kBadConfiguration;
  }
  if (context.json)
    fmt::print("{}\n", R"({"configuration": "fine"})");
  else
    fmt::print("{}\n",
               say(language(), Words{"the configuration is fine", "設定に誤りはありません"}));
  return kDone;
}

int show_config(const Context& context) {
  const auto config = read_config(context);
  if (!config) {
    report(context, config.error());
    return kBadConfiguration;
  }
  fmt::print("{}", context.json ? config::print_json(*config) : config::print(*config, language()));
  return kDone;
}

int show_defaults(const Context& context) {
  const auto defaults = config::read("", "/");
  if (!defaults) return kFailedForNow;  // an empty file is valid: a test says so
  fmt::print("{}",
             context.json ? config::print_json(*defaults) : config::print_defaults(language()));
  return kDone;
}

}  // namespace

void add_config_commands(CLI::App& app, Context& context, Action& action) {
  auto* config = add_group(app, context, "config", {"the configuration file", "設定ファイル"});
  auto add = [&](const char* name, Words help, int (*run)(const Context&)) {
    add_command(*config, context, name, help)->callback([&context, &action, run] {
      action = [&context, run] { return run(context); };
    });
  };
  add("check",
      {"say what is wrong with it: file, line, key and remedy",
       "誤りをファイル名、行、項目、直し方とともに表示"},
      check);
  add("show", {"what is in force, defaults included", "有効な設定を既定値も含めて表示"},
      show_config);
  add("defaults",
      {"a file with every key, its meaning and its default, to start from",
       "すべての項目の意味と既定値を書いたファイル (ひな型)"},
      show_defaults);
}

}  // namespace hikyaku::cli
