// SPDX-License-Identifier: Apache-2.0
#include "app/json.h"

namespace hikyaku::app {

Result<Json> parse_json(std::string_view text) {
  auto json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return permanent("not a JSON text");
  return json;
}

}  // namespace hikyaku::app
