// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "cli/commands.h"

namespace hikyaku::cli {

/// The JSON arguments of an administrator's command, filled in while the command line is read.
using Arguments = std::shared_ptr<app::Json>;
[[nodiscard]] Arguments no_arguments();

/// A text argument or option that goes into the JSON under `key`.
CLI::Option* text(CLI::App* command, const Arguments& arguments, const char* option,
                  const char* key, const char* help);

/// Runs the administrator's command `name` with the arguments, and prints its answer.
void run_as(CLI::App* command, Context& context, Action& action, std::string name,
            Arguments arguments, void (*print)(const app::Json&));

}  // namespace hikyaku::cli
