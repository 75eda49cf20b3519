// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"

namespace hikyaku::config {

/// "50MiB", "500 kB", "1.5GB" is not: a whole number and one of B kB KiB MB MiB GB GiB TB TiB. At
/// most 2^62.
[[nodiscard]] std::optional<Size> parse_size(std::string_view text);
/// The shortest exact form: "50MiB".
[[nodiscard]] std::string print_size(Size size);

/// "5d", "1h30m", "250ms": whole numbers with ms s m h d w, larger units first. At most 100 years.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
[[nodiscard]] std::string print_duration(Duration duration);

}  // namespace hikyaku::config
