// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/flags.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/imap/text.h"

namespace hikyaku::imap {
namespace {

// In the order in which they are printed.
constexpr std::array<std::pair<SystemFlag, std::string_view>, 6> kNames{{
    {SystemFlag::kAnswered, "\\Answered"},
    {SystemFlag::kFlagged, "\\Flagged"},
    {SystemFlag::kDraft, "\\Draft"},
    {SystemFlag::kDeleted, "\\Deleted"},
    {SystemFlag::kSeen, "\\Seen"},
    {SystemFlag::kRecent, "\\Recent"},
}};

}  // namespace

bool same_keyword(std::string_view a, std::string_view b) { return same_word(a, b); }

Result<SystemFlag> parse_system_flag(std::string_view name) {
  for (const auto& [flag, text] : kNames) {
    if (same_word(name, text)) return flag;
  }
  return permanent("there is no such system flag; keywords have no backslash");
}

Status add_flag(FlagList& flags, std::string_view text, const FlagLimits& limits) {
  if (text.starts_with('\\')) {
    HK_ASSIGN(const SystemFlag flag, parse_system_flag(text));
    if (flag != SystemFlag::kRecent) flags.system |= flag;
    return {};
  }
  if (text.empty()) return permanent("a keyword is empty");
  if (text.size() > limits.keyword_octets_max) return permanent("a keyword is too long");
  const auto same = [text](std::string_view other) { return same_keyword(text, other); };
  if (std::ranges::any_of(flags.keywords, same)) return {};
  if (flags.keywords.size() == limits.keywords_max) return permanent("there are too many keywords");
  flags.keywords.emplace_back(text);
  return {};
}

void append_system_flags(std::string& out, SystemFlags flags) {
  bool first = true;
  for (const auto& [flag, text] : kNames) {
    if (!flags.has(flag)) continue;
    if (!first) out += ' ';
    first = false;
    out += text;
  }
}

void append_flag_list(std::string& out, const FlagList& flags) {
  out += '(';
  append_system_flags(out, flags.system);
  for (const std::string& keyword : flags.keywords) {
    if (out.back() != '(') out += ' ';
    out += keyword;
  }
  out += ')';
}

}  // namespace hikyaku::imap
