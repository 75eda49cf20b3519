// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "config/config.h"

namespace hikyaku::app {

/// Reads a configuration file.
/// Errors: kPermanent with one line for each problem: file:line:column, key, what and remedy.
Result<config::Config> load_config(const std::string& file);

/// A whole file of at most 16 MiB.
Result<std::string> read_file(const std::string& file);
/// Its lines, without empty ones and comments (; or #).
Result<std::vector<std::string>> read_lines(const std::string& file);

}  // namespace hikyaku::app
