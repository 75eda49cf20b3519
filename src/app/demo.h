// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace hikyaku::app {

/// Makes a site to play with, or finds it as it was: DIR/hikyaku.toml (every protocol on loopback,
/// ports from `port_base` on), DIR/data with two domains and three accounts, and DIR/demo.json with
/// the passwords, ports and paths for scripts (mode 0600).
Status make_demo(const std::string& dir, std::uint16_t port_base);

/// Writes the process id into the demo.json beside a configuration file, if there is one.
void note_demo_pid(const std::string& config_file);

}  // namespace hikyaku::app
