// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/read.h"

// TOML as the rest of this folder sees it: tables of keys with values, and where each stands.
namespace hikyaku::config {

struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// A kind of value that no key takes: a float, a date, a table.
struct Unusable {};

struct Value {
  std::variant<bool, std::int64_t, std::string, std::vector<std::string>, Unusable> data;
  Words kind;  ///< for people: "a text", "a list of texts"
  Place place;
};

struct Entry {
  std::string key;
  Place place;
  Value value;
};

struct Table {
  enum class Form : unsigned char { kOne, kMany };  ///< [name] or [[name]]
  std::string name;
  Form form = Form::kOne;
  Place place;
  std::vector<Entry> entries;  ///< in the order of the text
};

struct Tree {
  std::vector<Entry> loose;   ///< keys before the first table
  std::vector<Table> tables;  ///< in the order of the text
};

/// Errors: the first place that is no TOML 1.0, a key that stands twice included.
[[nodiscard]] std::expected<Tree, Problem> parse_toml(std::string_view text);

}  // namespace hikyaku::config
