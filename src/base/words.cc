// SPDX-License-Identifier: Apache-2.0
#include "base/words.h"

#include <cstdlib>
#include <optional>

namespace hikyaku {
namespace {

std::optional<Language>& chosen_language() {
  static std::optional<Language> chosen;
  return chosen;
}

}  // namespace

Language language_of(std::string_view locale) {
  const bool japanese =
      locale.starts_with("ja") && (locale.size() == 2 || locale[2] == '_' || locale[2] == '.');
  return japanese ? Language::kJapanese : Language::kEnglish;
}

Language language() {
  if (chosen_language()) return *chosen_language();
  for (const char* name : {"HIKYAKU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0')
      return language_of(value);
  return Language::kEnglish;
}

void choose_language(Language chosen) { chosen_language() = chosen; }

}  // namespace hikyaku
