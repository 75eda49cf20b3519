// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/words.h"

namespace hikyaku::cli {

/// Options of this group are told last: every command has them.
inline constexpr const char* kCommonGroup = "common";

/// How --help looks: what the command does, how it is written, its arguments and options, examples.
/// Columns fit for both languages, lines have at most 96 columns.
[[nodiscard]] std::shared_ptr<CLI::FormatterBase> help_formatter();

/// "domain catch-all", as it is written behind the program's name; empty for the program itself.
[[nodiscard]] std::string path_of(const CLI::App& command);

/// How an argument or option is told: "ADDRESS", "--limit N".
[[nodiscard]] std::string spelling_of(const CLI::Option& option);

/// Columns of a terminal: wide characters take two.
[[nodiscard]] std::size_t columns_of(std::string_view text);
/// The text with spaces behind it, up to so many columns.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns);
/// Lines of at most so many columns. Breaks at spaces and between Japanese characters, but not
/// before a mark that ends something.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

}  // namespace hikyaku::cli
