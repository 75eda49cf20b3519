// SPDX-License-Identifier: Apache-2.0
#include "explain/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/assert.h"

namespace hikyaku::explain {
namespace {

constexpr std::array<std::pair<std::string_view, Actor>, 5> kActors = {{
    {"sender", Actor::kSender},
    {"recipient", Actor::kRecipient},
    {"sending-server", Actor::kSendingServer},
    {"receiving-server", Actor::kReceivingServer},
    {"nobody", Actor::kNobody},
}};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    const auto start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) return out;
    text.remove_prefix(start);
    const auto end = std::min(text.find(' '), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

class Parser {
 public:
  Result<std::vector<Entry>> parse(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      ++line_;
      if (line.empty() || line.starts_with('#')) continue;
      HK_TRY(take(line));
    }
    HK_TRY(finish());
    return std::move(entries_);
  }

 private:
  std::unexpected<Error> wrong(std::string_view what) const {
    return permanent(fmt::format("catalogue line {}: {}", line_, what));
  }

  Status take(std::string_view line) {
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos) return wrong("a mark and a text must stand here");
    const auto mark = line.substr(0, blank);
    const auto rest = line.substr(blank + 1);
    if (mark == "=") return begin(rest);
    if (entries_.empty()) return wrong("an entry begins with =");
    Entry& entry = entries_.back();
    if (mark == "~") {
      entry.patterns.push_back(rest);
      return {};
    }
    if (mark == ">") return actor(rest, &entry);
    if (mark == "en") return words(rest, &entry.english);
    if (mark == "ja") return words(rest, &entry.japanese);
    return wrong("unknown mark");
  }

  Status begin(std::string_view keys) {
    HK_TRY(finish());
    Entry& entry = entries_.emplace_back();
    entry.keys = words_of(keys);
    has_actor_ = false;
    if (entry.keys.empty()) return wrong("an entry needs a key");
    for (const auto key : entry.keys) {
      if (!seen_.insert(key).second) return wrong(fmt::format("{} is there twice", key));
    }
    return {};
  }

  Status actor(std::string_view name, Entry* entry) {
    const auto* found = std::ranges::find(kActors, name, [](const auto& a) { return a.first; });
    if (found == kActors.end()) return wrong("no such actor");
    entry->actor = found->second;
    has_actor_ = true;
    return {};
  }

  Status words(std::string_view text, Entry::Words* out) const {
    const auto bar = text.find(" | ");
    if (bar == std::string_view::npos) return wrong("wanted: meaning | remedy");
    *out = {text.substr(0, bar), text.substr(bar + 3)};
    if (out->meaning.empty() || out->remedy.empty()) return wrong("an empty text");
    return {};
  }

  // The entry so far must be whole.
  Status finish() const {
    if (entries_.empty()) return {};
    const Entry& entry = entries_.back();
    if (!has_actor_ || entry.english.meaning.empty() || entry.japanese.meaning.empty())
      return wrong(fmt::format("{} is not whole: >, en and ja are needed", entry.keys.front()));
    return {};
  }

  std::vector<Entry> entries_;
  std::set<std::string_view> seen_;
  bool has_actor_ = false;
  std::size_t line_ = 0;
};

}  // namespace

Result<std::vector<Entry>> parse_catalogue(std::string_view text) { return Parser().parse(text); }

const std::vector<Entry>& catalogue() {
  static const std::vector<Entry> entries = [] {
    auto parsed = parse_catalogue(catalogue_text());
    HK_ASSERT(parsed.has_value());
    return *std::move(parsed);
  }();
  return entries;
}

bool matches(std::string_view pattern, std::string_view text) {
  // Pieces in order, each at its first place: right, since nothing is anchored.
  while (!pattern.empty()) {
    const auto star = std::min(pattern.find('*'), pattern.size());
    const auto piece = pattern.substr(0, star);
    const auto at = text.find(piece);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + piece.size());
    pattern.remove_prefix(std::min(star + 1, pattern.size()));
  }
  return true;
}

}  // namespace hikyaku::explain
