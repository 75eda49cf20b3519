// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace hikyaku::app {

/// A whole file of at most 16 MiB. kPermanent when it is not there or may not be read.
Result<std::string> read_file(const std::string& file);
/// Its lines, without empty ones and comments (; or #).
Result<std::vector<std::string>> read_lines(const std::string& file);
/// Writes it whole or not at all: a new file, synced, takes the old one's place.
Status write_file(const std::string& path, std::string_view text, mode_t mode);
/// Where this program lies.
[[nodiscard]] std::string own_path();

}  // namespace hikyaku::app
