// SPDX-License-Identifier: Apache-2.0
#include "cli/language.h"

#include <cstdlib>

namespace hikyaku::cli {

explain::Language language(const std::string& chosen) {
  if (!chosen.empty()) return explain::language_of(chosen);
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0')
      return explain::language_of(value);
  return explain::Language::kEnglish;
}

}  // namespace hikyaku::cli
