// SPDX-License-Identifier: Apache-2.0
#include "app/json.h"

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace hikyaku::app {
namespace {

constexpr std::string_view kJapaneseEnd = "_ja";

}  // namespace

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

void set_told(Json& object, const std::string& key, const Told& what) {
  object[key] = what.in(Language::kEnglish);
  object[key + std::string(kJapaneseEnd)] = what.in(Language::kJapanese);
}

void choose_language(Json& json, Language language) {
  if (json.is_object()) {
    std::vector<std::string> doubled;
    for (const auto& [key, value] : json.items())
      if (key.ends_with(kJapaneseEnd)) doubled.push_back(key);
    for (const auto& key : doubled) {
      if (language == Language::kJapanese)
        json[key.substr(0, key.size() - kJapaneseEnd.size())] = json[key];
      json.erase(key);
    }
  }
  if (!json.is_structured()) return;
  for (auto& inner : json) choose_language(inner, language);
}

}  // namespace hikyaku::app
