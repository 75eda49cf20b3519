// SPDX-License-Identifier: Apache-2.0
#include "config/read.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "config/assign.h"
#include "config/check.h"
#include "config/keys.h"
#include "config/suggest.h"
#include "config/tree.h"

namespace hikyaku::config {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

template <class S>
Fit assign_setting(const Key<S>& key, const Value& value, std::string_view folder, S* out) {
  return std::visit(
      Overloaded{
          [&](const Text<S>& k) { return assign(value, k.complaint, &(out->*k.member)); },
          [&](const Texts<S>& k) { return assign(value, k.complaint, &(out->*k.member)); },
          [&](const Path<S>& k) { return assign_path(value, folder, &(out->*k.member)); },
          [&](const Paths<S>& k) { return assign_paths(value, folder, &(out->*k.member)); },
          [&](const Number<S>& k) { return assign_number(value, k.min, k.max, &(out->*k.member)); },
          [&](const Port<S>& k) {
            std::uint32_t number = 0;
            auto fit = assign_number(value, k.min, 65535, &number);
            if (!fit) out->*k.member = static_cast<std::uint16_t>(number);
            return fit;
          },
          [&](const Amount<S>& k) { return assign_size(value, k.min, k.max, &(out->*k.member)); },
          [&](const Period<S>& k) {
            return assign_duration(value, k.min, k.max, &(out->*k.member));
          },
          [&](const Periods<S>& k) {
            return assign_durations(value, k.min, k.max, &(out->*k.member));
          },
          [&](const Toggle<S>& k) { return assign_switch(value, &(out->*k.member)); },
          [&](const Choice<S>& k) {
            unsigned word = 0;
            auto fit = assign_word(value, k.words, &word);
            if (!fit) k.set(out, word);
            return fit;
          },
      },
      key.setting);
}

/// The section that has a key of this name, or empty.
std::string_view home_of(std::string_view key) {
  std::string_view home;
  for_each_section([&](const auto& section) {
    const bool has =
        std::ranges::any_of(section.keys, [&](const auto& k) { return k.name == key; });
    if (has && home.empty()) home = section.name;
  });
  return home;
}

class Reader {
 public:
  explicit Reader(std::string_view folder) : folder_(folder) {}

  void read(const Tree& tree) {
    for (const Entry& entry : tree.loose) loose(entry);
    for (const Table& table : tree.tables) {
      bool known = false;
      for_each_section([&](const auto& section) {
        if (section.name != table.name) return;
        known = true;
        read_table(section, table);
      });
      if (!known) unknown_table(table);
    }
  }

  Config config;
  std::vector<Problem> problems;
  std::vector<Place> listener_places;
  std::vector<Place> certificate_places;

 private:
  void fail(Place at, std::string key, Told what, Told remedy) {
    problems.push_back({at.line, at.column, std::move(key), std::move(what), std::move(remedy)});
  }

  template <class S>
  void read_table(const Section<S>& section, const Table& table) {
    if ((table.form == Table::Form::kMany) != (section.many != nullptr)) {
      fail(table.place, table.name,
           told({"this table has the wrong brackets", "このテーブルの括弧が違います"}),
           section.many != nullptr ? told({"write [[{0}]]", "[[{0}]] と書いてください"}, table.name)
                                   : told({"write [{0}]", "[{0}] と書いてください"}, table.name));
      return;
    }
    S* out = nullptr;
    if (section.many != nullptr) {
      out = &(config.*section.many).emplace_back();
      places(section.name).push_back(table.place);
    } else {
      out = &(config.*section.member);
    }
    for (const Entry& entry : table.entries) read_entry(section, entry, out);
  }

  std::vector<Place>& places(std::string_view section) {
    return section == "listener" ? listener_places : certificate_places;
  }

  template <class S>
  void read_entry(const Section<S>& section, const Entry& entry, S* out) {
    const auto full = fmt::format("{}.{}", section.name, entry.key);
    const auto key = std::ranges::find(section.keys, entry.key, &Key<S>::name);
    if (key == section.keys.end()) {
      std::vector<std::string_view> names;
      for (const auto& k : section.keys) names.push_back(k.name);
      unknown_key(entry, full, did_you_mean(entry.key, names));
      return;
    }
    if (auto misfit = assign_setting(*key, entry.value, folder_, out))
      fail(entry.value.place, full, std::move(misfit->what), std::move(misfit->remedy));
  }

  void unknown_key(const Entry& entry, const std::string& full, std::string_view meant) {
    const auto home = home_of(entry.key);
    if (!home.empty()) {
      fail(
          entry.place, full,
          told({"this key is not one of this table", "この項目はこのテーブルのものではありません"}),
          told({"move it to [{0}]", "[{0}] に移してください"}, home));
    } else if (!meant.empty()) {
      fail(entry.place, full,
           told({"unknown key; did you mean \"{0}\"?",
                 "この名前の項目はありません。\"{0}\" のことですか"},
                meant),
           told({"mend the name, or take the line out", "名前を直すか、この行を削除してください"}));
    } else {
      fail(entry.place, full, told({"unknown key", "この名前の項目はありません"}),
           told({"take the line out; `hikyaku config defaults` shows all keys",
                 "この行を削除してください。項目の一覧: `hikyaku config defaults`"}));
    }
  }

  void loose(const Entry& entry) {
    if (const auto home = home_of(entry.key); !home.empty()) {
      fail(entry.place, entry.key,
           told({"this key stands outside of its table", "この項目がテーブルの外にあります"}),
           told({"put a line [{0}] above it", "この上に [{0}] という行を書いてください"}, home));
    } else {
      unknown_key(entry, entry.key, {});
    }
  }

  void unknown_table(const Table& table) {
    std::vector<std::string_view> names;
    for_each_section([&](const auto& section) { names.push_back(section.name); });
    const auto meant = did_you_mean(table.name, names);
    fail(table.place, table.name,
         meant.empty() ? told({"unknown table", "この名前のテーブルはありません"})
                       : told({"unknown table; did you mean \"{0}\"?",
                               "この名前のテーブルはありません。\"{0}\" のことですか"},
                              meant),
         told({"mend the name, or take the table out; `hikyaku config defaults` shows all",
               "名前を直すか、このテーブルを削除してください。一覧: `hikyaku config defaults`"}));
  }

  std::string_view folder_;
};

}  // namespace

std::string text_of(const Problem& problem, std::string_view file, Language in) {
  std::string out(file);
  if (problem.line != 0) out += fmt::format(":{}:{}", problem.line, problem.column);
  if (!problem.key.empty()) out += fmt::format(": {}", problem.key);
  out += fmt::format(": {}", problem.what.in(in));
  if (problem.remedy.empty()) return out;
  // "did you mean …?" has its end already.
  out += out.ends_with('?') ? say(in, Words{" Remedy: {0}", " 対処: {0}"}, problem.remedy.in(in))
                            : say(in, Words{". Remedy: {0}", "。対処: {0}"}, problem.remedy.in(in));
  return out;
}

std::expected<Config, std::vector<Problem>> read(std::string_view text, std::string_view folder) {
  const auto tree = parse_toml(text);
  if (!tree) return std::unexpected(std::vector{tree.error()});
  Reader reader(folder);
  reader.read(*tree);
  complete(&reader.config);
  check(reader.config, reader.listener_places, reader.certificate_places, &reader.problems);
  if (reader.problems.empty()) return std::move(reader.config);
  std::ranges::sort(reader.problems, {}, [](const Problem& p) {
    return std::tuple(p.line, p.column, p.key, p.what.in(Language::kEnglish));
  });
  return std::unexpected(std::move(reader.problems));
}

}  // namespace hikyaku::config
