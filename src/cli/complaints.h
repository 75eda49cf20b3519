// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/error.h"
#include "cli/context.h"

namespace hikyaku::cli {

/// What is wrong with the command line that the parser did not take, and what would be right.
[[nodiscard]] Error complaint_of(const CLI::App& app, const CLI::ParseError& error);

/// Tells what is wrong with a command line, and where its help is: kWrongCommandLine.
int complain(const Context& context, const CLI::App& command, const Error& error);

/// The command that was given, as far as it was understood.
[[nodiscard]] const CLI::App& given_command(const CLI::App& app);

}  // namespace hikyaku::cli
