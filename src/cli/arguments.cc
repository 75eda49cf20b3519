// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"

namespace hikyaku::cli {

Arguments no_arguments() { return std::make_shared<app::Json>(app::Json::object()); }

CLI::Option* text(CLI::App* command, const Arguments& arguments, const char* option,
                  const char* key, const char* help) {
  return command->add_option_function<std::string>(
      option, [arguments, key](const std::string& value) { (*arguments)[key] = value; }, help);
}

void run_as(CLI::App* command, Context& context, Action& action, std::string name,
            Arguments arguments, void (*print)(const app::Json&)) {
  command->callback(
      [&context, &action, name = std::move(name), arguments = std::move(arguments), print] {
        action = [&context, name, arguments, print] {
          return show(context, ask(context, name, *arguments), print);
        };
      });
}

}  // namespace hikyaku::cli
