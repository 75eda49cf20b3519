// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "explain/explain.h"

namespace hikyaku::cli {

/// The language to speak: the chosen one ("en", "ja", a locale's name), else that of the
/// environment.
explain::Language language(const std::string& chosen = "");

}  // namespace hikyaku::cli
