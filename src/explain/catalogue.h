// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "explain/explain.h"

namespace hikyaku::explain {

/// One entry as written in catalogue/*.txt: views into that text.
struct Entry {
  struct Words {
    std::string_view meaning;
    std::string_view remedy;
  };
  std::vector<std::string_view> keys;      ///< "HK-LOOP", "550", "x.1.1", a name; at least one
  std::vector<std::string_view> patterns;  ///< small letters, "*" for anything between
  Actor actor = Actor::kNobody;
  Words english;
  Words japanese;
};

/// Reads a catalogue. kPermanent with the line for what is malformed, incomplete or there twice.
[[nodiscard]] Result<std::vector<Entry>> parse_catalogue(std::string_view text);

/// The text that is compiled in.
[[nodiscard]] std::string_view catalogue_text();
/// What is compiled in, read once.
[[nodiscard]] const std::vector<Entry>& catalogue();

/// Whether `pattern` occurs in `text`; both in small letters.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text);

}  // namespace hikyaku::explain
