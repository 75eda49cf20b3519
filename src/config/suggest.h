// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace hikyaku::config {

/// The candidate that `word` was probably meant to be, or empty: the one with the fewest changed,
/// swapped, missing or added letters, at most a third of the word.
[[nodiscard]] std::string_view did_you_mean(std::string_view word,
                                            std::span<const std::string_view> candidates);

}  // namespace hikyaku::config
