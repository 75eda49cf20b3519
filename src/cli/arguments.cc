// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace hikyaku::cli {
namespace {

std::string in_language(Words words) { return std::string(words.in(language())); }

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

Arguments no_arguments() { return std::make_shared<app::Json>(app::Json::object()); }

Spelling read_spelling(std::string_view text) {
  const auto space = text.find(' ');
  if (space != std::string_view::npos)
    return {std::string(text.substr(0, space)), std::string(text.substr(space + 1))};
  Spelling out{std::string(text), std::string(text)};
  std::ranges::transform(out.names, out.names.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  return out;
}

CLI::Option* text(CLI::App* command, const Arguments& arguments, const char* spelling,
                  const char* key, Words help) {
  const auto [names, label] = read_spelling(spelling);
  return command
      ->add_option_function<std::string>(
          names, [arguments, key](const std::string& value) { (*arguments)[key] = value; },
          in_language(help))
      ->type_name(label);
}

CLI::Option* party(CLI::App* command, const Arguments& arguments, const char* spelling,
                   const char* key, Words help) {
  auto* option = text(command, arguments, spelling, key, help);
  // What could fit no message would be answered as if there were none.
  option->check(
      [](const std::string& value) {
        if (value == "<>" || value.find('@') != std::string::npos) return std::string();
        return say(
            language(),
            Words{"\"{0}\" has no @; write ann@example.org for one address, @example.org for "
                  "a whole domain",
                  "\"{0}\" に @ がありません。アドレスは ann@example.org、ドメイン全体は "
                  "@example.org のように書いてください"},
            value);
      },
      "");
  return option;
}

CLI::Option* texts(CLI::App* command, const Arguments& arguments, const char* spelling,
                   const char* key, Words help) {
  const auto [names, label] = read_spelling(spelling);
  return command
      ->add_option_function<std::vector<std::string>>(
          names,
          [arguments, key](const std::vector<std::string>& values) { (*arguments)[key] = values; },
          in_language(help))
      ->type_name(label);
}

CLI::Option* text_into(CLI::App* command, std::string& variable, const char* spelling, Words help) {
  const auto [names, label] = read_spelling(spelling);
  return command->add_option(names, variable, in_language(help))->type_name(label);
}

CLI::Option* number(CLI::App* command, const Arguments& arguments, const char* spelling,
                    const char* key, std::uint64_t min, std::uint64_t max, Words help) {
  const auto [names, label] = read_spelling(spelling);
  auto* option = command->add_option_function<std::string>(
      names,
      [arguments, key](const std::string& value) {
        if (const auto n = read_number(value)) (*arguments)[key] = *n;
      },
      in_language(help));
  option->check(
      [min, max](const std::string& value) {
        const auto n = read_number(value);
        if (n && *n >= min && *n <= max) return std::string();
        return say(language(),
                   Words{"\"{0}\" is no number from {1} to {2}",
                         "\"{0}\" は {1} から {2} までの数ではありません"},
                   value, min, max);
      },
      "");
  return option->type_name(label);
}

void run_as(CLI::App* command, Context& context, Action& action, std::string name,
            Arguments arguments, Print print) {
  command->callback(
      [&context, &action, name = std::move(name), arguments = std::move(arguments), print] {
        action = [&context, name, arguments, print] {
          return run_command(context, name, *arguments, print);
        };
      });
}

void show_examples(CLI::App* command, std::string_view lines) {
  std::string out(Words("Examples:", "例:").in(language()));
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    out += fmt::format("\n  {}", line);
  }
  command->footer(out);
}

}  // namespace hikyaku::cli
