// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace hikyaku::app {

/// What the control socket speaks and what --json prints. Keys stay in the order they were set.
using Json = nlohmann::ordered_json;

inline constexpr int kJsonDepthMax = 32;

/// Parses without throwing. Errors: kPermanent for what is no JSON, or nested deeper than
/// kJsonDepthMax.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

}  // namespace hikyaku::app
