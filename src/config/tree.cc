// SPDX-License-Identifier: Apache-2.0
#include "config/tree.h"

#include <algorithm>

// Why: the library that Debian builds throws; built here from its headers it need not.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#include <toml++/toml.h>

namespace hikyaku::config {
namespace {

Place place_of(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

std::string_view kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string: return "a text";
    case toml::node_type::integer: return "a number";
    case toml::node_type::floating_point: return "a number with a fraction";
    case toml::node_type::boolean: return "true or false";
    case toml::node_type::array: return "a list";
    case toml::node_type::table: return "a table";
    default: return "a date or time";
  }
}

Value value_of(const toml::node& node) {
  Value value{Unusable{}, kind_of(node), place_of(node.source())};
  if (const auto* text = node.as_string()) {
    value.data = text->get();
  } else if (const auto* number = node.as_integer()) {
    value.data = number->get();
  } else if (const auto* truth = node.as_boolean()) {
    value.data = truth->get();
  } else if (const auto* list = node.as_array()) {
    std::vector<std::string> texts;
    for (const toml::node& element : *list) {
      if (!element.is_string()) return value;
      texts.push_back(element.as_string()->get());
    }
    value.data = std::move(texts);
    value.kind = "a list of texts";
  }
  return value;
}

std::vector<Entry> entries_of(const toml::table& table) {
  std::vector<Entry> out;
  for (const auto& [key, node] : table)
    out.push_back({std::string(key.str()), place_of(key.source()), value_of(node)});
  std::ranges::sort(out, {},
                    [](const Entry& e) { return std::pair(e.place.line, e.place.column); });
  return out;
}

bool is_array_of_tables(const toml::node& node) {
  const auto* list = node.as_array();
  return list != nullptr && !list->empty() &&
         std::ranges::all_of(*list, [](const toml::node& n) { return n.is_table(); });
}

}  // namespace

std::expected<Tree, Problem> parse_toml(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const auto at = place_of(parsed.error().source());
    return std::unexpected(Problem{at.line, at.column, "",
                                   std::string(parsed.error().description()),
                                   "mend this place; the form is TOML (https://toml.io)"});
  }
  Tree tree;
  for (const auto& [key, node] : parsed.table()) {
    const std::string name(key.str());
    if (const auto* table = node.as_table()) {
      tree.tables.push_back({name, Table::Form::kOne, place_of(key.source()), entries_of(*table)});
    } else if (is_array_of_tables(node)) {
      for (const toml::node& element : *node.as_array())
        tree.tables.push_back({name, Table::Form::kMany, place_of(element.source()),
                               entries_of(*element.as_table())});
    } else {
      tree.loose.push_back({name, place_of(key.source()), value_of(node)});
    }
  }
  std::ranges::sort(tree.tables, {},
                    [](const Table& t) { return std::pair(t.place.line, t.place.column); });
  return tree;
}

}  // namespace hikyaku::config
