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
  std::string language;     ///< --lang; in force before anything is said
};

inline constexpr const char* kUsualConfigFile = "/etc/hikyaku/hikyaku.toml";

/// The file of the configuration: --config, $HIKYAKU_CONFIG, or the usual one if it is there; empty
/// for none.
[[nodiscard]] std::string config_path(const Context& context);
/// The configuration in force.
Result<config::Config> read_config(const Context& context);

/// Prints the error, as text to standard error or as JSON to standard output; the exit code for it.
int report(const Context& context, const Error& error);
using Print = void (*)(const app::Json& answer);
/// The exit code of an answer.
using Code = int (*)(const app::Json& answer);

/// Runs an administrator's command, by the server if one runs, else on the store itself, and prints
/// its answer, as JSON or by `print` for people; the exit code.
int run_command(const Context& context, const std::string& command, app::Json arguments,
                Print print, Code code = nullptr);

/// A password from standard input: its first line.
Result<std::string> read_password();

}  // namespace hikyaku::cli
