// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace hikyaku::cli {

/// The whole command line: parses, runs one command, prints; the process's exit code.
int run(int argc, char** argv);

}  // namespace hikyaku::cli
