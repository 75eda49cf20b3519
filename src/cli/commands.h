// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "base/words.h"
#include "cli/context.h"

namespace hikyaku::cli {

/// What is to be done once the command line has been read, and its exit code.
using Action = std::function<int()>;

// One file for each group: they describe their commands to the parser, and set `action` when one
// was given.
void add_server_commands(CLI::App& app, Context& context, Action& action);
void add_directory_commands(CLI::App& app, Context& context, Action& action);
void add_queue_commands(CLI::App& app, Context& context, Action& action);
void add_config_commands(CLI::App& app, Context& context, Action& action);
void add_explain_command(CLI::App& app, Context& context, Action& action);
void add_completion_command(CLI::App& app, Context& context, Action& action);

/// A command with --config, --json and --lang, as all have them.
CLI::App* add_command(CLI::App& parent, Context& context, const char* name, Words help);
/// A group of commands: one of them must follow.
CLI::App* add_group(CLI::App& parent, Context& context, const char* name, Words help);

}  // namespace hikyaku::cli
