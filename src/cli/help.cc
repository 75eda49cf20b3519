// SPDX-License-Identifier: Apache-2.0
#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace hikyaku::cli {
namespace {

constexpr std::size_t kLineColumns = 96;
constexpr std::size_t kNameColumnsMax = 26;

using Row = std::pair<std::string, std::string>;

struct Character {
  std::string_view octets;
  char32_t code;
};

/// The first character; a damaged one counts as one octet.
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length == 1 || text.size() < length) return {text.substr(0, 1), lead};
  char32_t code = lead & (0x7fU >> length);
  for (const char c : text.substr(1, length - 1))
    code = code << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  return {text.substr(0, length), code};
}

/// Unicode's East Asian Width, W and F, as far as Japanese needs it (UAX #11).
bool is_wide(char32_t code) {
  return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
         (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
         (code >= 0xff01 && code <= 0xff60) || (code >= 0x20000 && code <= 0x3fffd);
}

/// Marks that may not begin a line (JIS X 4051, the common ones).
bool ends_something(char32_t code) {
  constexpr std::u32string_view kMarks = U"、。，．・：；？！）」』】ーっゃゅょッャュョ";
  return kMarks.find(code) != std::u32string_view::npos;
}

/// What is kept on one line: a word, or a wide character with the marks behind it.
std::string_view first_unit(std::string_view text) {
  std::size_t end = 0;
  bool wide_before = false;
  while (end < text.size()) {
    const auto next = first_character(text.substr(end));
    const bool space = next.code == ' ' || next.code == '\n';
    if (end > 0 && space) break;
    const bool wide = is_wide(next.code);
    if (end > 0 && (wide || wide_before) && !ends_something(next.code)) break;
    wide_before = wide;
    end += next.octets.size();
    if (space) break;
  }
  return text.substr(0, end);
}

void add_rows(std::string& out, std::string_view title, const std::vector<Row>& rows) {
  if (rows.empty()) return;
  fmt::format_to(std::back_inserter(out), "\n{}\n", title);
  std::size_t width = 0;
  for (const auto& [name, text] : rows)
    if (columns_of(name) <= kNameColumnsMax) width = std::max(width, columns_of(name));
  for (const auto& [name, text] : rows) {
    auto left = padded(name, width);
    if (columns_of(name) > width) {
      fmt::format_to(std::back_inserter(out), "  {}\n", name);
      left = std::string(width, ' ');
    }
    for (const auto& line : wrapped(text, kLineColumns - width - 4)) {
      fmt::format_to(std::back_inserter(out), "  {}  {}\n", left, line);
      left = std::string(width, ' ');
    }
  }
}

/// "hikyaku domain add DOMAIN [options]"
std::string usage_of(const CLI::App& command) {
  std::string out = "hikyaku";
  if (const auto path = path_of(command); !path.empty()) out += " " + path;
  for (const auto* option : command.get_options()) {
    if (!option->get_positional()) continue;
    const auto name = spelling_of(*option) + (option->get_items_expected_max() > 1 ? "…" : "");
    out += option->get_required() ? " " + name : " [" + name + "]";
  }
  const auto in = language();
  if (!command.get_subcommands({}).empty())
    return out + say(in, Words{" COMMAND …", " コマンド …"});
  return out + say(in, Words{" [options]", " [オプション]"});
}

std::string help_of(const CLI::App& command) {
  const auto in = language();
  std::string out;
  if (command.get_parent() == nullptr) {
    out = command.get_description() + "\n";  // has lines of its own
  } else {
    for (const auto& line : wrapped(command.get_description(), kLineColumns)) out += line + "\n";
  }
  out += "\n" + say(in, Words{"Usage: ", "使い方: "}) + usage_of(command) + "\n";
  std::vector<Row> arguments;
  std::vector<Row> own;
  std::vector<Row> common;
  for (const auto* option : command.get_options()) {
    auto& rows = option->get_positional()              ? arguments
                 : option->get_group() == kCommonGroup ? common
                                                       : own;
    rows.emplace_back(spelling_of(*option), option->get_description());
  }
  std::vector<Row> commands;
  for (const auto* sub : command.get_subcommands({}))
    commands.emplace_back(sub->get_name(), sub->get_description());
  add_rows(out, say(in, Words{"Commands:", "コマンド:"}), commands);
  add_rows(out, say(in, Words{"Arguments:", "引数:"}), arguments);
  add_rows(out, say(in, Words{"Options:", "オプション:"}), own);
  add_rows(out, say(in, Words{"Options of every command:", "共通のオプション:"}), common);
  if (!command.get_footer().empty()) out += "\n" + command.get_footer() + "\n";
  return out;
}

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_formatter() {
  return std::make_shared<CLI::FormatterLambda>(
      [](const CLI::App* command, const std::string& /*name*/, CLI::AppFormatMode /*mode*/) {
        return help_of(*command);
      });
}

std::string path_of(const CLI::App& command) {
  if (command.get_parent() == nullptr) return {};
  const auto above = path_of(*command.get_parent());
  return above.empty() ? command.get_name() : above + " " + command.get_name();
}

std::string spelling_of(const CLI::Option& option) {
  if (option.get_positional()) return option.get_type_name();
  std::string out;
  for (const auto& name : option.get_snames()) out += (out.empty() ? "-" : ", -") + name;
  for (const auto& name : option.get_lnames()) out += (out.empty() ? "--" : ", --") + name;
  if (option.get_items_expected_max() > 0 && !option.get_type_name().empty())
    out += " " + option.get_type_name();
  return out;
}

std::size_t columns_of(std::string_view text) {
  std::size_t out = 0;
  while (!text.empty()) {
    const auto next = first_character(text);
    out += is_wide(next.code) ? 2 : 1;
    text.remove_prefix(next.octets.size());
  }
  return out;
}

std::string padded(std::string_view text, std::size_t columns) {
  const auto own = columns_of(text);
  return std::string(text) + std::string(own < columns ? columns - own : 0, ' ');
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> out(1);
  while (!text.empty()) {
    const auto unit = first_unit(text);
    text.remove_prefix(unit.size());
    if (unit == "\n") {
      out.emplace_back();
      continue;
    }
    const bool fits = columns_of(out.back()) + columns_of(unit) <= columns;
    if (!fits && !out.back().empty()) {
      while (out.back().ends_with(' ')) out.back().pop_back();
      out.emplace_back();
    }
    if (unit != " " || !out.back().empty()) out.back() += unit;
  }
  while (out.back().ends_with(' ')) out.back().pop_back();
  return out;
}

}  // namespace hikyaku::cli
