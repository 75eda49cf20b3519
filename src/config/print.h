// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/words.h"
#include "config/config.h"

namespace hikyaku::config {

/// A sample with every key, its meaning and its default, each commented out: a file to start from.
[[nodiscard]] std::string print_defaults(Language in = Language::kEnglish);
/// What is in force, as a file that reads as the same Config.
[[nodiscard]] std::string print(const Config& config, Language in = Language::kEnglish);
/// The same as JSON: an object of tables, a list for what is written [[name]].
[[nodiscard]] std::string print_json(const Config& config);
/// docs/config.md.
[[nodiscard]] std::string print_reference();

}  // namespace hikyaku::config
