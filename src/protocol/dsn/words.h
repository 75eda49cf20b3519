// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "protocol/dsn/report.h"

namespace hikyaku::dsn {

/// The part of a report that people read, and its subject. For this folder only.
[[nodiscard]] std::string subject(const Request& request);
[[nodiscard]] std::string words(const Request& request, const Explain& explain);

/// The first field of that name in the original's headers, decoded, on one line; or empty.
[[nodiscard]] std::string original_field(const Request& request, std::string_view name);

}  // namespace hikyaku::dsn
