// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/keys.h"
#include "config/tree.h"

// Puts one value of the file into its member.
namespace hikyaku::config {

/// Why a value does not fit its key.
struct Misfit {
  Told what;
  Told remedy;
};
using Fit = std::optional<Misfit>;

[[nodiscard]] Fit assign(const Value& value, Complaint complaint, std::string* out);
[[nodiscard]] Fit assign(const Value& value, Complaint complaint, std::vector<std::string>* out);
[[nodiscard]] Fit assign_path(const Value& value, std::string_view folder, std::string* out);
[[nodiscard]] Fit assign_paths(const Value& value, std::string_view folder,
                               std::vector<std::string>* out);
[[nodiscard]] Fit assign_number(const Value& value, std::uint32_t min, std::uint32_t max,
                                std::uint32_t* out);
[[nodiscard]] Fit assign_size(const Value& value, Size min, Size max, Size* out);
[[nodiscard]] Fit assign_duration(const Value& value, Duration min, Duration max, Duration* out);
[[nodiscard]] Fit assign_durations(const Value& value, Duration min, Duration max,
                                   std::vector<Duration>* out);
[[nodiscard]] Fit assign_switch(const Value& value, Switch* out);
[[nodiscard]] Fit assign_word(const Value& value, std::span<const std::string_view> words,
                              unsigned* out);

/// An absolute path, without "." and "..": relative ones count from `folder`.
[[nodiscard]] std::string absolute(std::string_view path, std::string_view folder);

}  // namespace hikyaku::config
