// SPDX-License-Identifier: Apache-2.0
#include "config/tree.h"

#include <algorithm>
#include <map>
#include <set>

#include "config/toml_value.h"

namespace hikyaku::config {
namespace {

constexpr std::size_t kTextMax = 1 << 20;
constexpr Words kKeyTwice = {"the key {0} is there twice", "項目 {0} が二回あります"};

std::string joined(const TomlCursor::Key& key, std::size_t first = 0) {
  std::string out;
  for (std::size_t i = first; i < key.size(); ++i) {
    if (i > first) out += '.';
    out += key[i];
  }
  return out;
}

class TreeReader {
 public:
  explicit TreeReader(std::string_view text) : cursor_(text) {}

  std::expected<Tree, Problem> read() {
    while (true) {
      cursor_.skip_blank_lines();
      if (cursor_.at_end()) return std::move(tree_);
      const auto line = cursor_.peek() == '[' ? read_header() : read_entry();
      if (!line) return std::unexpected(line.error());
      if (auto end = cursor_.finish_line(); !end) return std::unexpected(end.error());
    }
  }

 private:
  std::expected<void, Problem> read_header() {
    const Place start = cursor_.place();
    const auto form = cursor_.sees("[[") ? Table::Form::kMany : Table::Form::kOne;
    cursor_.advance(form == Table::Form::kMany ? 2 : 1);
    const auto key = cursor_.read_key();
    if (!key) return std::unexpected(key.error());
    if (!cursor_.sees(form == Table::Form::kMany ? "]]" : "]"))
      return cursor_.wrong({"the bracket is not closed", "括弧が閉じていません"});
    cursor_.advance(form == Table::Form::kMany ? 2 : 1);
    return open_table(joined(*key), form, start);
  }

  /// Table: a table is defined once, by a header or by dotted keys.
  std::expected<void, Problem> open_table(std::string name, Table::Form form, Place start) {
    const auto [before, fresh] = forms_.emplace(name, form);
    if (!fresh && (form == Table::Form::kOne || before->second == Table::Form::kOne))
      return cursor_.wrong_at(
          start, {"the table {0} is there twice", "テーブル {0} が二回あります"}, name);
    if (entries_of_loose_.contains(name))
      return cursor_.wrong_at(
          start, {"{0} is a key already", "{0} はすでに項目として使われています"}, name);
    tree_.tables.push_back({std::move(name), form, start, {}});
    seen_.clear();
    in_table_ = true;
    return {};
  }

  std::expected<void, Problem> read_entry() {
    const Place start = cursor_.place();
    auto key = cursor_.read_key();
    if (!key) return std::unexpected(key.error());
    if (cursor_.peek() != '=') return cursor_.wrong({"= must stand here", "ここには = が必要です"});
    cursor_.advance();
    cursor_.skip_blanks();
    auto value = cursor_.read_value();
    if (!value) return std::unexpected(value.error());
    if (!in_table_ && key->size() > 1) return add_dotted(*key, start, *std::move(value));
    auto name = joined(*key);
    if (!seen_.insert(name).second) return cursor_.wrong_at(start, kKeyTwice, name);
    if (!in_table_) {
      if (forms_.contains(name))
        return cursor_.wrong_at(
            start, {"{0} is a table already", "{0} はすでにテーブルとして使われています"}, name);
      entries_of_loose_.insert(name);
    }
    auto& entries = in_table_ ? tree_.tables.back().entries : tree_.loose;
    entries.push_back({std::move(name), start, *std::move(value)});
    return {};
  }

  /// "server.hostname = …" before the first header is the same as under [server].
  std::expected<void, Problem> add_dotted(const TomlCursor::Key& key, Place start, Value value) {
    const auto& name = key.front();
    if (!seen_.insert(joined(key)).second || entries_of_loose_.contains(name))
      return cursor_.wrong_at(start, kKeyTwice, joined(key));
    if (forms_.emplace(name, Table::Form::kOne).second)
      tree_.tables.push_back({name, Table::Form::kOne, start, {}});
    const auto table = std::ranges::find(tree_.tables, name, &Table::name);
    table->entries.push_back({joined(key, 1), start, std::move(value)});
    return {};
  }

  TomlCursor cursor_;
  Tree tree_;
  std::map<std::string, Table::Form> forms_;
  std::set<std::string> seen_;              ///< keys of the table that is open
  std::set<std::string> entries_of_loose_;  ///< keys that no table may have as its name
  bool in_table_ = false;
};

}  // namespace

std::expected<Tree, Problem> parse_toml(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (text.size() > kTextMax)
    return std::unexpected(Problem{
        0, 0, "", told({"the text is larger than 1 MiB", "ファイルが 1 MiB を超えています"}),
        told({"make it shorter", "短くしてください"})});
  if (auto octets = check_octets(text); !octets) return std::unexpected(octets.error());
  return TreeReader(text).read();
}

}  // namespace hikyaku::config
