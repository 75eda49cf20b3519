// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/list.h"

#include "protocol/imap/command/status.h"
#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

constexpr std::size_t kPatternsMax = 100;

std::uint32_t bit(List::Select option) { return static_cast<std::uint32_t>(option); }
std::uint32_t bit(List::Return option) { return static_cast<std::uint32_t>(option); }

/// RFC 5258 §3.1, RFC 6154 §2. Behind "(".
Status parse_selection(Scanner& in, List& list) {
  while (!in.accept(')')) {
    if (list.select != 0) HK_TRY(in.space());
    if (in.accept_word("SUBSCRIBED")) {
      list.select |= bit(List::Select::kSubscribed);
    } else if (in.accept_word("REMOTE")) {
      list.select |= bit(List::Select::kRemote);
    } else if (in.accept_word("RECURSIVEMATCH")) {
      list.select |= bit(List::Select::kRecursiveMatch);
    } else if (in.accept_word("SPECIAL-USE")) {
      list.select |= bit(List::Select::kSpecialUse);
    } else {
      return permanent("there is no such LIST selection option");
    }
  }
  // RFC 5258 §3.1: RECURSIVEMATCH needs an option that it can be about.
  const std::uint32_t about = bit(List::Select::kSubscribed) | bit(List::Select::kSpecialUse);
  if (list.selects(List::Select::kRecursiveMatch) && (list.select & about) == 0) {
    return permanent("RECURSIVEMATCH needs another selection option, like SUBSCRIBED");
  }
  return {};
}

Status parse_patterns(Scanner& in, List& list) {
  if (!in.accept('(')) {
    HK_ASSIGN(list.patterns.emplace_back(), in.list_mailbox());
    return {};
  }
  list.extended = true;
  do {
    if (list.patterns.size() == kPatternsMax) return permanent("LIST has too many patterns");
    HK_ASSIGN(list.patterns.emplace_back(), in.list_mailbox());
  } while (in.accept(' '));
  return in.expect(')');
}

/// RFC 5258 §3.2, RFC 5819 §2, RFC 6154 §2. Behind "RETURN ".
Status parse_returns(Scanner& in, List& list) {
  HK_TRY(in.expect('('));
  bool first = true;
  while (!in.accept(')')) {
    if (!first) HK_TRY(in.space());
    first = false;
    if (in.accept_word("SUBSCRIBED")) {
      list.returns |= bit(List::Return::kSubscribed);
    } else if (in.accept_word("CHILDREN")) {
      list.returns |= bit(List::Return::kChildren);
    } else if (in.accept_word("SPECIAL-USE")) {
      list.returns |= bit(List::Return::kSpecialUse);
    } else if (in.accept_word("STATUS")) {
      HK_TRY(in.space());
      HK_ASSIGN(list.status, parse_status_items(in));
    } else {
      return permanent("there is no such LIST return option");
    }
  }
  return {};
}

}  // namespace

Result<List> parse_list(Scanner& in) {
  List list;
  HK_TRY(in.space());
  if (in.accept('(')) {
    list.extended = true;
    HK_TRY(parse_selection(in, list));
    HK_TRY(in.space());
  }
  HK_ASSIGN(list.reference, in.mailbox());
  HK_TRY(in.space());
  HK_TRY(parse_patterns(in, list));
  if (in.accept(' ')) {
    if (!in.accept_word("RETURN")) return permanent("expected RETURN");
    list.extended = true;
    HK_TRY(in.space());
    HK_TRY(parse_returns(in, list));
  }
  HK_TRY(in.end());
  return list;
}

}  // namespace hikyaku::imap
