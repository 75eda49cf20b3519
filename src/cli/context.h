// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "app/json.h"
#include "base/error.h"
#include "config/config.h"

namespace hikyaku::cli {

/// docs/admin/exit-codes.md
enum ExitCode : int {
  kDone = 0,
  kRefused = 1,
  kWrongCommandLine = 2,
  kBadConfiguration = 3,
  kFailedForNow = 4,
  kFindings = 5,
};

/// What all commands share.
struct Context {
  std::string config_file;  ///< --config; empty = the usual place, or defaults when it is not there
  bool json = false;        ///< --json
};

inline constexpr const char* kUsualConfigFile = "/etc/hikyaku/hikyaku.toml";

/// The configuration in force.
Result<config::Config> read_config(const Context& context);

/// Runs an administrator's command: by the server if one runs, else on the store itself.
Result<app::Json> ask(const Context& context, const std::string& command, app::Json arguments);

/// Prints the error, as text to standard error or as JSON to standard output; the exit code for it.
int report(const Context& context, const Error& error);
/// Prints the answer: as JSON, or by `print` for people.
int show(const Context& context, const Result<app::Json>& answer, void (*print)(const app::Json&));

/// A password from standard input: its first line.
Result<std::string> read_password();

}  // namespace hikyaku::cli
