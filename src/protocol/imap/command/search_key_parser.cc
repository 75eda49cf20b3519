// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/search_key_parser.h"

#include <utility>

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

using Parsed = Result<SearchKey>;
using Parser = Parsed (*)(Scanner& in);

template <class Key>
SearchKey key(Key what) {
  return SearchKey{std::move(what)};
}

SearchKey all_of(SearchKey a, SearchKey b) {
  SearchAnd both;
  both.keys.push_back(std::move(a));
  both.keys.push_back(std::move(b));
  return key(std::move(both));
}

template <SystemFlag kFlag, bool kSet>
Parsed flag(Scanner& /*in*/) {
  return key(SearchFlag{kFlag, kSet});
}

/// RFC 3501 §6.4.4: NEW is RECENT UNSEEN.
Parsed new_messages(Scanner& /*in*/) {
  return all_of(key(SearchFlag{SystemFlag::kRecent, true}),
                key(SearchFlag{SystemFlag::kSeen, false}));
}

template <bool kSet>
Parsed keyword(Scanner& in) {
  HK_TRY(in.space());
  HK_ASSIGN(const std::string_view name, in.atom());
  return key(SearchKeyword{std::string(name), kSet});
}

template <SearchField kField>
Parsed text(Scanner& in) {
  HK_TRY(in.space());
  HK_ASSIGN(std::string value, in.astring());
  return key(SearchText{kField, std::move(value)});
}

Parsed header(Scanner& in) {
  SearchHeader what;
  HK_TRY(in.space());
  HK_ASSIGN(what.name, in.astring());
  HK_TRY(in.space());
  HK_ASSIGN(what.text, in.astring());
  return key(std::move(what));
}

template <SearchDateOf kOf, SearchWhen kWhen>
Parsed date(Scanner& in) {
  HK_TRY(in.space());
  // RFC 9051 §9: date = date-text / DQUOTE date-text DQUOTE.
  HK_ASSIGN(const std::string when, in.astring());
  HK_ASSIGN(const Date day, parse_date(when));
  return key(SearchDate{kOf, kWhen, day});
}

template <SearchAge::Side kSide>
Parsed age(Scanner& in) {
  HK_TRY(in.space());
  HK_ASSIGN(const std::uint32_t seconds, in.nz_number());
  return key(SearchAge{kSide, seconds});
}

template <SearchSize::Side kSide>
Parsed size(Scanner& in) {
  HK_TRY(in.space());
  HK_ASSIGN(const std::uint64_t octets, in.number64());
  return key(SearchSize{kSide, octets});
}

Parsed uid(Scanner& in) {
  HK_TRY(in.space());
  HK_ASSIGN(SequenceSet set, in.sequence_set());
  return key(SearchSet{Addressing::kUid, std::move(set)});
}

/// RFC 7162 §3.1.5: MODSEQ [entry-name SP entry-type-req SP] mod-sequence-valzer.
Parsed mod_seq(Scanner& in) {
  HK_TRY(in.space());
  if (in.peek('"')) {
    HK_TRY(in.string());
    HK_TRY(in.space());
    if (!in.accept_word("all") && !in.accept_word("priv") && !in.accept_word("shared")) {
      return permanent("expected all, priv or shared");
    }
    HK_TRY(in.space());
  }
  HK_ASSIGN(const std::uint64_t least, in.number64());
  return key(SearchModSeq{least});
}

template <SearchObject::Kind kKind>
Parsed object(Scanner& in) {
  HK_TRY(in.space());
  HK_ASSIGN(std::string id, in.astring());
  return key(SearchObject{kKind, std::move(id)});
}

Parsed nested(Scanner& in) {
  HK_TRY(in.space());
  HK_TRY(in.enter());
  Parsed inner = parse_search_key(in);
  in.leave();
  return inner;
}

Parsed negation(Scanner& in) {
  SearchNot what;
  HK_ASSIGN(what.key.emplace_back(), nested(in));
  return key(std::move(what));
}

Parsed alternative(Scanner& in) {
  SearchOr what;
  HK_ASSIGN(what.keys.emplace_back(), nested(in));
  HK_ASSIGN(what.keys.emplace_back(), nested(in));
  return key(std::move(what));
}

Parsed all(Scanner& /*in*/) { return key(SearchAll{}); }

using enum SystemFlag;
using enum SearchField;
using enum SearchDateOf;
using enum SearchWhen;

struct Entry {
  std::string_view name;
  Parser parse;
};
constexpr Entry kKeys[] = {
    {"ALL", &all},
    {"ANSWERED", &flag<kAnswered, true>},
    {"BCC", &text<kBcc>},
    {"BEFORE", &date<kInternal, kBefore>},
    {"BODY", &text<kBody>},
    {"CC", &text<kCc>},
    {"DELETED", &flag<kDeleted, true>},
    {"DRAFT", &flag<kDraft, true>},
    {"EMAILID", &object<SearchObject::Kind::kEmail>},
    {"FLAGGED", &flag<kFlagged, true>},
    {"FROM", &text<kFrom>},
    {"HEADER", &header},
    {"KEYWORD", &keyword<true>},
    {"LARGER", &size<SearchSize::Side::kLarger>},
    {"MODSEQ", &mod_seq},
    {"NEW", &new_messages},
    {"NOT", &negation},
    {"OLD", &flag<kRecent, false>},
    {"OLDER", &age<SearchAge::Side::kOlder>},
    {"ON", &date<kInternal, kOn>},
    {"OR", &alternative},
    {"RECENT", &flag<kRecent, true>},
    {"SEEN", &flag<kSeen, true>},
    {"SENTBEFORE", &date<kSent, kBefore>},
    {"SENTON", &date<kSent, kOn>},
    {"SENTSINCE", &date<kSent, kSince>},
    {"SINCE", &date<kInternal, kSince>},
    {"SMALLER", &size<SearchSize::Side::kSmaller>},
    {"SUBJECT", &text<kSubject>},
    {"TEXT", &text<kText>},
    {"THREADID", &object<SearchObject::Kind::kThread>},
    {"TO", &text<kTo>},
    {"UID", &uid},
    {"UNANSWERED", &flag<kAnswered, false>},
    {"UNDELETED", &flag<kDeleted, false>},
    {"UNDRAFT", &flag<kDraft, false>},
    {"UNFLAGGED", &flag<kFlagged, false>},
    {"UNKEYWORD", &keyword<false>},
    {"UNSEEN", &flag<kSeen, false>},
    {"YOUNGER", &age<SearchAge::Side::kYounger>},
};

/// Behind "(".
Parsed conjunction(Scanner& in) {
  SearchAnd what;
  HK_TRY(in.enter());
  do {
    HK_ASSIGN(what.keys.emplace_back(), parse_search_key(in));
  } while (in.accept(' '));
  in.leave();
  HK_TRY(in.expect(')'));
  if (what.keys.size() == 1) return std::move(what.keys.front());
  return key(std::move(what));
}

}  // namespace

Result<SearchKey> parse_search_key(Scanner& in) {
  if (in.accept('(')) return conjunction(in);
  if (in.peek_digit() || in.peek('*') || in.peek('$')) {
    HK_ASSIGN(SequenceSet set, in.sequence_set());
    return key(SearchSet{Addressing::kNumber, std::move(set)});
  }
  for (const Entry& entry : kKeys) {
    if (in.accept_word(entry.name)) return entry.parse(in);
  }
  return permanent(in.at_end() ? "a search key is missing" : "there is no such search key");
}

}  // namespace hikyaku::imap
