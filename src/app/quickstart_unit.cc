// SPDX-License-Identifier: Apache-2.0
#include "app/quickstart_unit.h"

#include <algorithm>
#include <initializer_list>

#include "app/unit_template.h"

namespace hikyaku::app {
namespace {

/// Where StateDirectory= puts the data: systemd then makes it and sets its rights.
constexpr std::string_view kStateData = "/var/lib/hikyaku";

bool lies_in(std::string_view path, std::initializer_list<std::string_view> folders) {
  return std::ranges::any_of(folders, [&](auto folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
  });
}

bool any_lies_in(const UnitFacts& facts, std::initializer_list<std::string_view> folders) {
  return lies_in(facts.binary, folders) || lies_in(facts.config_file, folders) ||
         lies_in(facts.data, folders);
}

/// ExecStart= alone knows variables.
std::string doubled_dollars(std::string text) {
  for (auto at = text.find('$'); at != std::string::npos; at = text.find('$', at + 2))
    text.insert(at, 1, '$');
  return text;
}

/// The line for these facts; empty = left out.
std::string adapted(std::string_view line, const UnitFacts& facts) {
  const auto key = line.substr(0, line.find('='));
  if (key == "ExecStart")
    return "ExecStart=" + unit_word(facts.binary) + " serve --config " +
           doubled_dollars(unit_word(facts.config_file));
  if (key == "User") return "User=" + facts.user;
  if (key == "Group") return "Group=" + facts.group;
  if (key.starts_with("StateDirectory") && facts.data != kStateData) return {};
  if (key == "ReadWritePaths") return "ReadWritePaths=" + unit_word(facts.data);
  if (key == "ProtectHome" && any_lies_in(facts, {"/home", "/root", "/run/user"}))
    return "ProtectHome=read-only";
  if (key == "PrivateTmp" && any_lies_in(facts, {"/tmp", "/var/tmp"})) return "PrivateTmp=no";
  return std::string(line);
}

}  // namespace

std::string unit_word(std::string_view text) {
  std::string out;
  bool quote = text.empty();
  for (const char c : text) {
    if (c == '%' || c == '\\') out += c;  // doubled
    if (c == '"') out += '\\';
    out += c;
    quote = quote || c == ' ' || c == '\t' || c == '"' || c == '\'' || c == ';' || c == '\\';
  }
  return quote ? "\"" + out + "\"" : out;
}

std::string unit_text(const UnitFacts& facts) {
  std::string out;
  for (auto rest = kUnitTemplate; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto text = adapted(line, facts);
    if (text.empty() && !line.empty()) continue;
    out += text;
    out += '\n';
  }
  return out;
}

}  // namespace hikyaku::app
