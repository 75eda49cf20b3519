// SPDX-License-Identifier: Apache-2.0
#include "app/json.h"

#include <fmt/format.h>

namespace hikyaku::app {

Result<Json> parse_json(std::string_view text) {
  // Copies of a value recurse, so what is nested deeper must not come into being.
  bool too_deep = false;
  const auto shallow = [&too_deep](int depth, Json::parse_event_t /*event*/, Json& /*value*/) {
    if (depth > kJsonDepthMax) too_deep = true;
    return depth <= kJsonDepthMax;
  };
  auto json = Json::parse(text, shallow, false);
  if (too_deep) return permanent(fmt::format("JSON nested deeper than {} levels", kJsonDepthMax));
  if (json.is_discarded()) return permanent("not a JSON text");
  return json;
}

}  // namespace hikyaku::app
