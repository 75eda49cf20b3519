// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/testing/print_search.h"

#include <array>

#include "protocol/imap/write.h"

namespace hikyaku::imap {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

std::string flag_name(SystemFlag flag) {
  switch (flag) {
    case SystemFlag::kSeen: return "SEEN";
    case SystemFlag::kAnswered: return "ANSWERED";
    case SystemFlag::kFlagged: return "FLAGGED";
    case SystemFlag::kDeleted: return "DELETED";
    case SystemFlag::kDraft: return "DRAFT";
    case SystemFlag::kRecent: return "RECENT";
  }
  return "";
}

struct Printer {
  std::string operator()(const SearchAll& /*all*/) const { return "ALL"; }
  std::string operator()(const SearchFlag& key) const {
    if (key.flag == SystemFlag::kRecent) return key.set ? "RECENT" : "OLD";
    return (key.set ? "" : "UN") + flag_name(key.flag);
  }
  std::string operator()(const SearchKeyword& key) const {
    return (key.set ? "KEYWORD " : "UNKEYWORD ") + key.keyword;
  }
  std::string operator()(const SearchText& key) const {
    constexpr std::array<const char*, 7> kNames{"BCC",     "BODY", "CC", "FROM",
                                                "SUBJECT", "TEXT", "TO"};
    return std::string(kNames[static_cast<std::size_t>(key.field)]) + " " + quoted(key.text);
  }
  std::string operator()(const SearchHeader& key) const {
    return "HEADER " + quoted(key.name) + " " + quoted(key.text);
  }
  std::string operator()(const SearchDate& key) const {
    constexpr std::array<const char*, 3> kNames{"BEFORE ", "ON ", "SINCE "};
    std::string out = key.of == SearchDateOf::kSent ? "SENT" : "";
    out += kNames[static_cast<std::size_t>(key.when)];
    append_date(out, key.date);
    return out;
  }
  std::string operator()(const SearchAge& key) const {
    return (key.side == SearchAge::Side::kOlder ? "OLDER " : "YOUNGER ") +
           std::to_string(key.seconds);
  }
  std::string operator()(const SearchSize& key) const {
    return (key.side == SearchSize::Side::kLarger ? "LARGER " : "SMALLER ") +
           std::to_string(key.octets);
  }
  std::string operator()(const SearchSet& key) const {
    std::string out = key.addressing == Addressing::kUid ? "UID " : "";
    append_sequence_set(out, key.set);
    return out;
  }
  std::string operator()(const SearchModSeq& key) const {
    return "MODSEQ " + std::to_string(key.at_least);
  }
  std::string operator()(const SearchObject& key) const {
    return (key.kind == SearchObject::Kind::kEmail ? "EMAILID " : "THREADID ") + quoted(key.id);
  }
  std::string operator()(const SearchNot& key) const {
    return "NOT " + print_search(key.key.front());
  }
  std::string operator()(const SearchOr& key) const {
    return "OR " + print_search(key.keys.front()) + " " + print_search(key.keys.back());
  }
  std::string operator()(const SearchAnd& key) const {
    std::string out = "(";
    for (const SearchKey& inner : key.keys) {
      if (out.size() > 1) out += ' ';
      out += print_search(inner);
    }
    return out + ")";
  }
};

}  // namespace

std::string print_search(const SearchKey& key) { return std::visit(Printer{}, key.what); }

}  // namespace hikyaku::imap
