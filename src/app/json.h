// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "base/told.h"

namespace hikyaku::app {

/// What the control socket speaks and what --json prints. Keys stay in the order they were set.
using Json = nlohmann::ordered_json;

inline constexpr int kJsonDepthMax = 32;

/// Parses without throwing. Errors: kPermanent for what is no JSON, or nested deeper than
/// kJsonDepthMax.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

/// Sets `key` to the English text and `key`_ja to the Japanese one, for an asker whose language is
/// not known here.
void set_told(Json& object, const std::string& key, const Told& what);
/// Leaves one language of all that set_told() has set in it, under `key`.
void choose_language(Json& json, Language language);

}  // namespace hikyaku::app
