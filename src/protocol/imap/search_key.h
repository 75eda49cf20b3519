// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "protocol/imap/date_time.h"
#include "protocol/imap/flags.h"
#include "protocol/imap/sequence_set.h"

namespace hikyaku::imap {

/// What SEARCH looks for: a tree (RFC 9051 §6.4.4). Strings are as the client sent them, in the
/// charset of the command; the one who runs the search converts them.
struct SearchKey;

enum class Addressing : unsigned char { kNumber, kUid };

struct SearchAll {
  bool operator==(const SearchAll&) const = default;
};
/// SEEN, UNSEEN, ...; RECENT, NEW and OLD of RFC 3501 §6.4.4 come as kRecent.
struct SearchFlag {
  SystemFlag flag = SystemFlag::kSeen;
  bool set = true;
  bool operator==(const SearchFlag&) const = default;
};
struct SearchKeyword {
  std::string keyword;
  bool set = true;
  bool operator==(const SearchKeyword&) const = default;
};
enum class SearchField : unsigned char { kBcc, kBody, kCc, kFrom, kSubject, kText, kTo };
struct SearchText {
  SearchField field = SearchField::kText;
  std::string text;
  bool operator==(const SearchText&) const = default;
};
/// An empty text means: has the field.
struct SearchHeader {
  std::string name;
  std::string text;
  bool operator==(const SearchHeader&) const = default;
};
enum class SearchDateOf : unsigned char { kInternal, kSent };
enum class SearchWhen : unsigned char { kBefore, kOn, kSince };
struct SearchDate {
  SearchDateOf of = SearchDateOf::kInternal;
  SearchWhen when = SearchWhen::kOn;
  Date date;
  bool operator==(const SearchDate&) const = default;
};
/// OLDER or YOUNGER, by the internal date (RFC 5032).
struct SearchAge {
  enum class Side : unsigned char { kOlder, kYounger };
  Side side = Side::kOlder;
  std::uint32_t seconds = 0;
  bool operator==(const SearchAge&) const = default;
};
struct SearchSize {
  enum class Side : unsigned char { kLarger, kSmaller };
  Side side = Side::kLarger;
  std::uint64_t octets = 0;
  bool operator==(const SearchSize&) const = default;
};
struct SearchSet {
  Addressing addressing = Addressing::kNumber;
  SequenceSet set;
  bool operator==(const SearchSet&) const = default;
};
/// MODSEQ, at least this (RFC 7162 §3.1.5). We keep one modseq per message, so the entry name and
/// type that may stand before it change nothing and are not kept.
struct SearchModSeq {
  std::uint64_t at_least = 0;
  bool operator==(const SearchModSeq&) const = default;
};
/// EMAILID or THREADID (RFC 8474 §6).
struct SearchObject {
  enum class Kind : unsigned char { kEmail, kThread };
  Kind kind = Kind::kEmail;
  std::string id;
  bool operator==(const SearchObject&) const = default;
};
struct SearchNot {
  std::vector<SearchKey> key;  ///< exactly one
  bool operator==(const SearchNot&) const;
};
struct SearchOr {
  std::vector<SearchKey> keys;  ///< exactly two
  bool operator==(const SearchOr&) const;
};
/// All of them. The top of a search is one.
struct SearchAnd {
  std::vector<SearchKey> keys;
  bool operator==(const SearchAnd&) const;
};

struct SearchKey {
  std::variant<SearchAll, SearchFlag, SearchKeyword, SearchText, SearchHeader, SearchDate,
               SearchAge, SearchSize, SearchSet, SearchModSeq, SearchObject, SearchNot, SearchOr,
               SearchAnd>
      what;
  bool operator==(const SearchKey&) const = default;
};

inline bool SearchNot::operator==(const SearchNot& other) const { return key == other.key; }
inline bool SearchOr::operator==(const SearchOr& other) const { return keys == other.keys; }
inline bool SearchAnd::operator==(const SearchAnd& other) const { return keys == other.keys; }

}  // namespace hikyaku::imap
