// SPDX-License-Identifier: Apache-2.0
#include "explain/explain.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "explain/catalogue.h"

namespace hikyaku::explain {
namespace {

constexpr std::size_t kReplyOctetsMax = 16384;  // what is behind says no more

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

const std::map<std::string, const Entry*, std::less<>>& keys() {
  static const auto all = [] {
    std::map<std::string, const Entry*, std::less<>> out;
    for (const Entry& entry : catalogue()) {
      for (const auto key : entry.keys) {
        std::string name;
        std::ranges::transform(key, std::back_inserter(name), small);
        out.emplace(std::move(name), &entry);
      }
    }
    return out;
  }();
  return all;
}

const Entry* find(std::string_view key) {
  const auto found = keys().find(key);
  return found == keys().end() ? nullptr : found->second;
}

Explanation tell(const Entry& entry, std::string_view key, Language language) {
  const Entry::Words& words = language == Language::kJapanese ? entry.japanese : entry.english;
  // The key as the catalogue has it: it outlives the caller's text.
  const auto own = std::ranges::find_if(entry.keys, [key](std::string_view k) {
    return std::ranges::equal(k, key, {}, small, small);
  });
  return {own == entry.keys.end() ? entry.keys.front() : *own, words.meaning, words.remedy,
          entry.actor};
}

/// The reply in small letters and on one line: the code of later lines is dropped.
std::string flatten(std::string_view reply) {
  std::string out;
  const std::string_view code = reply.substr(0, 3);
  while (!reply.empty() && out.size() < kReplyOctetsMax) {
    const auto end = std::min(reply.find('\n'), reply.size());
    auto line = reply.substr(0, end);
    reply.remove_prefix(std::min(end + 1, reply.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!out.empty() && line.size() >= 4 && line.starts_with(code)) line.remove_prefix(4);
    if (!out.empty()) out += ' ';
    std::ranges::transform(line, std::back_inserter(out), small);
  }
  out.resize(std::min(out.size(), kReplyOctetsMax));
  return out;
}

/// "5.1.1" at the front of `text`, or empty.
std::string_view enhanced_at(std::string_view text) {
  if (text.size() < 5 || (text[0] != '4' && text[0] != '5') || text[1] != '.') return {};
  std::size_t at = 2;
  std::size_t digits = 0;
  while (at < text.size() && is_digit(text[at]) && digits < 3) ++at, ++digits;
  if (digits == 0 || at >= text.size() || text[at] != '.') return {};
  ++at;
  for (digits = 0; at < text.size() && is_digit(text[at]) && digits < 3; ++digits) ++at;
  if (digits == 0) return {};
  const bool goes_on = at < text.size() && (is_digit(text[at]) || text[at] == '.');
  return goes_on ? std::string_view{} : text.substr(0, at);
}

/// The first enhanced code that stands as a word of its own.
std::string_view enhanced_in(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool starts = at == 0 || text[at - 1] == ' ' || text[at - 1] == '-' ||
                        text[at - 1] == '#' || text[at - 1] == '(';
    if (!starts) continue;
    if (const auto code = enhanced_at(text.substr(at)); !code.empty()) return code;
  }
  return {};
}

const Entry* find_enhanced(std::string_view code) {
  if (code.empty()) return nullptr;
  std::string key(code);
  if (const Entry* exact = find(key)) return exact;
  key[0] = 'x';
  return find(key);
}

const Entry* find_code(std::string_view reply) {
  if (reply.size() < 3 || !std::ranges::all_of(reply.substr(0, 3), is_digit)) return nullptr;
  if (reply.size() > 3 && reply[3] != ' ' && reply[3] != '-') return nullptr;
  if (const Entry* exact = find(reply.substr(0, 3))) return exact;
  if (reply[0] == '4') return find("4xx");
  return reply[0] == '5' ? find("5xx") : nullptr;
}

/// The first entry that has a pattern which fits: special ones stand before general ones.
const Entry* find_phrase(std::string_view text) {
  for (const Entry& entry : catalogue()) {
    const bool fits = std::ranges::any_of(
        entry.patterns, [text](std::string_view pattern) { return matches(pattern, text); });
    if (fits) return &entry;
  }
  return nullptr;
}

std::string_view own_id_in(std::string_view text) {
  const auto open = text.rfind("[hk-");
  if (open == std::string_view::npos) return {};
  const auto close = text.find(']', open);
  return close == std::string_view::npos ? std::string_view{}
                                         : text.substr(open + 1, close - open - 1);
}

}  // namespace

std::optional<Explanation> explain(std::string_view reply, Language language) {
  const std::string text = flatten(reply);
  const auto id = own_id_in(text);
  if (const Entry* entry = find(id)) return tell(*entry, id, language);
  const Entry* by_code = find_code(text);
  const auto enhanced = enhanced_in(text);
  // Without a code in front it is no refusal, whatever its words are.
  if (by_code == nullptr && enhanced.empty()) return std::nullopt;
  if (const Entry* entry = find_phrase(text)) return tell(*entry, {}, language);
  if (const Entry* entry = find_enhanced(enhanced)) {
    std::string key(enhanced);
    key[0] = 'x';
    return tell(*entry, key, language);
  }
  if (by_code != nullptr) return tell(*by_code, text.substr(0, 3), language);
  return tell(*find(enhanced[0] == '4' ? "4xx" : "5xx"), {}, language);
}

std::optional<Explanation> look_up(std::string_view key, Language language) {
  std::string name;
  std::ranges::transform(key, std::back_inserter(name), small);
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  if (const Entry* entry = find(name)) return tell(*entry, name, language);
  if (enhanced_at(name) == name && !name.empty()) {
    if (const Entry* entry = find_enhanced(name))
      return tell(*entry, "x" + name.substr(1), language);
  }
  if (name.size() != 3) return std::nullopt;
  if (const Entry* entry = find_code(name)) return tell(*entry, name, language);
  return std::nullopt;
}

std::string_view name_of(Actor actor, Language language) {
  constexpr std::array<std::array<std::string_view, 2>, 5> kNames = {{
      {"the sender", "差出人"},
      {"the recipient", "受信者"},
      {"the administrator of the sending server", "送信側サーバーの管理者"},
      {"the administrator of the receiving server", "受信側サーバーの管理者"},
      {"nobody", "なし"},
  }};
  return kNames[static_cast<std::size_t>(actor)][static_cast<std::size_t>(language)];
}

}  // namespace hikyaku::explain
