// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "base/error.h"
#include "config/config.h"

namespace hikyaku::app {

struct ServeOptions {
  std::string config_file;  ///< read again on SIGHUP; empty = nothing to read again
  /// Called once, when every listener accepts.
  std::function<void()> ready;
};

/// The server, in the foreground, until SIGTERM or SIGINT: then it takes no more connections, lets
/// what is coming in end, and stops. SIGHUP reads certificates and log settings again.
///
/// Errors: whatever keeps it from starting (a port that is taken, a data folder in use, a
/// certificate that
///         does not fit), before anything was accepted.
Status serve(const config::Config& config, ServeOptions options);

}  // namespace hikyaku::app
