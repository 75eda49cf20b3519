// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/search.h"

#include "protocol/imap/command/search_key_parser.h"
#include "protocol/imap/scanner.h"
#include "protocol/imap/text.h"

namespace hikyaku::imap {
namespace {

std::uint8_t bit(Search::Return option) { return static_cast<std::uint8_t>(option); }

/// RFC 9051 §6.4.4 result options. Behind "RETURN ".
Status parse_returns(Scanner& in, Search& search) {
  search.extended = true;
  HK_TRY(in.expect('('));
  while (!in.accept(')')) {
    if (search.returns != 0) HK_TRY(in.space());
    if (in.accept_word("MIN")) {
      search.returns |= bit(Search::Return::kMin);
    } else if (in.accept_word("MAX")) {
      search.returns |= bit(Search::Return::kMax);
    } else if (in.accept_word("ALL")) {
      search.returns |= bit(Search::Return::kAll);
    } else if (in.accept_word("COUNT")) {
      search.returns |= bit(Search::Return::kCount);
    } else if (in.accept_word("SAVE")) {
      search.returns |= bit(Search::Return::kSave);
    } else {
      return permanent("there is no such SEARCH result option");
    }
  }
  // RFC 9051 §6.4.4: "RETURN ()" is "RETURN (ALL)".
  if (search.returns == 0) search.returns = bit(Search::Return::kAll);
  return {};
}

Result<Search> parse(Scanner& in, Addressing addressing) {
  Search search;
  search.addressing = addressing;
  HK_TRY(in.space());
  if (in.accept_word("RETURN")) {
    HK_TRY(in.space());
    HK_TRY(parse_returns(in, search));
    HK_TRY(in.space());
  }
  if (in.accept_word("CHARSET")) {
    HK_TRY(in.space());
    HK_ASSIGN(const std::string charset, in.astring());
    search.charset = upper(charset);
    HK_TRY(in.space());
  }
  do {
    HK_ASSIGN(search.keys.keys.emplace_back(), parse_search_key(in));
  } while (in.accept(' '));
  HK_TRY(in.end());
  return search;
}

}  // namespace

Result<Search> parse_search(Scanner& in) { return parse(in, Addressing::kNumber); }
Result<Search> parse_uid_search(Scanner& in) { return parse(in, Addressing::kUid); }

}  // namespace hikyaku::imap
