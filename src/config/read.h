// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/told.h"
#include "config/config.h"

namespace hikyaku::config {

/// One thing that is wrong with a configuration, and what to do about it.
struct Problem {
  std::uint32_t line = 0;  ///< 0: none, something is missing
  std::uint32_t column = 0;
  std::string key;  ///< "smtp.message_size_max"; empty when the text is no TOML
  Told what;        ///< "50 MB is no size"
  Told remedy;      ///< "write a number and B, kB, KiB, MB, …"; may be empty
  bool operator==(const Problem&) const = default;
};
/// "/etc/hikyaku.toml:12:9: smtp.message_size_max: … Remedy: …"
[[nodiscard]] std::string text_of(const Problem& problem, std::string_view file, Language in);

/// Reads a configuration from TOML 1.0 text.
///
/// Shape:  the whole text in, the whole Config or every problem that was found out; no file is
///         opened. `folder` is what relative paths in it count from.
/// Errors: what is no TOML ends the reading at its first mistake; all else is collected. An unknown
///         key is a problem.
[[nodiscard]] std::expected<Config, std::vector<Problem>> read(std::string_view text,
                                                               std::string_view folder);

}  // namespace hikyaku::config
