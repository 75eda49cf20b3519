// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "config/config.h"

namespace hikyaku::app {

/// Reads a configuration file.
/// Errors: kPermanent with one line for each problem: file:line:column, key, what and remedy.
Result<config::Config> load_config(const std::string& file);

}  // namespace hikyaku::app
