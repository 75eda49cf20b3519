// SPDX-License-Identifier: Apache-2.0
#include "cli/complaints.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/words.h"
#include "cli/help.h"
#include "config/suggest.h"

namespace hikyaku::cli {
namespace {

bool is(const CLI::ParseError& error, CLI::ExitCodes code) {
  return error.get_exit_code() == static_cast<int>(code);
}

bool is_option(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

std::vector<std::string> names_of_commands(const CLI::App& command) {
  std::vector<std::string> out;
  for (const auto* sub : command.get_subcommands({})) out.push_back(sub->get_name());
  return out;
}

std::vector<std::string> names_of_options(const CLI::App& command) {
  std::vector<std::string> out;
  for (const auto* option : command.get_options())
    for (const auto& name : option->get_lnames()) out.push_back("--" + name);
  return out;
}

std::string meant(std::string_view word, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  return std::string(config::did_you_mean(word, views));
}

Error unknown_command(const CLI::App& command, const std::string& word) {
  const auto path = path_of(command);
  const auto whole = path.empty() ? word : path + " " + word;
  const auto near = meant(word, names_of_commands(command));
  if (near.empty())
    return error_of(Remedy::kPermanent,
                    Words{"there is no command \"{0}\"; there are: {1}",
                          "コマンド \"{0}\" はありません。使えるもの: {1}"},
                    whole, fmt::format("{}", fmt::join(names_of_commands(command), ", ")));
  return error_of(Remedy::kPermanent,
                  Words{"there is no command \"{0}\"; did you mean \"{1}\"?",
                        "コマンド \"{0}\" はありません。\"{1}\" のことですか?"},
                  whole, path.empty() ? near : path + " " + near);
}

Error unexpected_word(const CLI::App& command, const std::vector<std::string>& words) {
  const auto option = std::ranges::find_if(words, is_option);
  if (option == words.end())
    return error_of(Remedy::kPermanent,
                    Words{"\"{0}\" is too much here; if it belongs to the word before it, put both "
                          "in quotes",
                          "\"{0}\" は余分です。前の語と一続きなら、全体を引用符で囲んでください"},
                    words.front());
  const auto name = option->substr(0, option->find('='));
  const auto near = meant(name, names_of_options(command));
  if (near.empty())
    return error_of(Remedy::kPermanent,
                    Words{"there is no option {0} here; before a name that begins with - write --",
                          "ここではオプション {0} は使えません。- で始まる名前の前には -- を"
                          "置いてください"},
                    name);
  return error_of(Remedy::kPermanent,
                  Words{"there is no option {0} here; did you mean {1}?",
                        "ここではオプション {0} は使えません。{1} のことですか?"},
                  name, near);
}

Error missing_word(const CLI::App& command) {
  std::vector<std::string> missing;
  for (const auto* option : command.get_options())
    if (option->get_required() && option->count() == 0) missing.push_back(spelling_of(*option));
  if (!missing.empty())
    return error_of(Remedy::kPermanent, Words{"{0} is missing", "{0} がありません"},
                    fmt::format("{}", fmt::join(missing, " ")));
  return error_of(Remedy::kPermanent,
                  Words{"say what is to be done; there are: {0}",
                        "何をするか指定してください。使えるもの: {0}"},
                  fmt::format("{}", fmt::join(names_of_commands(command), ", ")));
}

/// CLI11 puts the name of the option before a colon, and for a value that is missing says so in
/// English.
Error bad_value(const CLI::ParseError& error) {
  const std::string_view text = error.what();
  const auto colon = text.find(": ");
  const auto name = text.substr(0, colon);
  if (is(error, CLI::ExitCodes::ArgumentMismatch))
    return error_of(Remedy::kPermanent,
                    Words{"{0} needs a value after it", "{0} の後に値が必要です"}, name);
  if (is(error, CLI::ExitCodes::ValidationError) && colon != std::string_view::npos)
    return error_of(Remedy::kPermanent, Words{"{0}: {1}", "{0}: {1}"}, name,
                    text.substr(colon + 2));
  return {Remedy::kPermanent, std::string(text)};
}

}  // namespace

const CLI::App& given_command(const CLI::App& app) {
  const auto* at = &app;
  for (auto subs = at->get_subcommands(); !subs.empty(); subs = at->get_subcommands())
    at = subs.front();
  return *at;
}

Error complaint_of(const CLI::App& app, const CLI::ParseError& error) {
  const auto& command = given_command(app);
  const auto extra = app.remaining(true);
  const bool is_group = !command.get_subcommands({}).empty();
  const auto word = std::ranges::find_if_not(extra, is_option);
  if (is(error, CLI::ExitCodes::RequiredError) || is(error, CLI::ExitCodes::ExtrasError)) {
    if (is_group && word != extra.end()) return unknown_command(command, *word);
    if (!extra.empty()) return unexpected_word(command, extra);
    return missing_word(command);
  }
  return bad_value(error);
}

int complain(const Context& context, const CLI::App& command, const Error& error) {
  report(context, error);
  const auto path = path_of(command);
  if (!context.json)
    fmt::print(stderr, "{}\n",
               say(language(), Words{"Help: hikyaku {0}--help", "ヘルプ: hikyaku {0}--help"},
                   path.empty() ? path : path + " "));
  return kWrongCommandLine;
}

}  // namespace hikyaku::cli
