// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/commands.h"

namespace hikyaku::cli {

/// The JSON arguments of an administrator's command, filled in while the command line is read.
using Arguments = std::shared_ptr<app::Json>;
[[nodiscard]] Arguments no_arguments();

/// "--sender ADDRESS", or "ADDRESS" for one that is given by its place: names and the label of the
/// value.
struct Spelling {
  std::string names;  ///< for CLI11: "--sender", "address"
  std::string label;  ///< for people: "ADDRESS"
};
[[nodiscard]] Spelling read_spelling(std::string_view text);

/// A text that goes into the JSON under `key`.
CLI::Option* text(CLI::App* command, const Arguments& arguments, const char* spelling,
                  const char* key, Words help);
/// The same for whom mail is from or to: an address, @domain, or "<>".
CLI::Option* party(CLI::App* command, const Arguments& arguments, const char* spelling,
                   const char* key, Words help);
/// One or more texts that go into the JSON as an array.
CLI::Option* texts(CLI::App* command, const Arguments& arguments, const char* spelling,
                   const char* key, Words help);
/// A text that goes into a variable.
CLI::Option* text_into(CLI::App* command, std::string& variable, const char* spelling, Words help);
/// Whole numbers from `min` to `max`, with a complaint that says so.
CLI::Option* number(CLI::App* command, const Arguments& arguments, const char* spelling,
                    const char* key, std::uint64_t min, std::uint64_t max, Words help);

/// Runs the administrator's command `name` with the arguments, and prints its answer.
void run_as(CLI::App* command, Context& context, Action& action, std::string name,
            Arguments arguments, Print print);

/// Commands to learn from, one a line, under the help of a command.
void show_examples(CLI::App* command, std::string_view lines);

}  // namespace hikyaku::cli
