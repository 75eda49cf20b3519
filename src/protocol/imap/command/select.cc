// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/select.h"

#include <algorithm>

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

bool is_plain(const SequenceSet& set) {
  return set.kind == SequenceSet::Kind::kRanges &&
         std::ranges::none_of(set.ranges, [](const SequenceSet::Range& range) {
           return range.first == SequenceSet::kStar || range.last == SequenceSet::kStar;
         });
}

/// RFC 7162 §3.2.5: "(" uidvalidity SP modseq [SP known-uids] [SP "(" numbers SP uids ")"] ")".
Result<Select::QResync> parse_qresync(Scanner& in) {
  Select::QResync known;
  HK_TRY(in.space());
  HK_TRY(in.expect('('));
  HK_ASSIGN(known.uid_validity, in.nz_number());
  HK_TRY(in.space());
  HK_ASSIGN(known.mod_seq, in.number64());
  while (in.accept(' ')) {
    if (!in.accept('(')) {
      if (known.known_uids) return permanent("QRESYNC has one set of known UIDs");
      HK_ASSIGN(known.known_uids, in.sequence_set());
      continue;
    }
    HK_ASSIGN(known.known_numbers, in.sequence_set());
    HK_TRY(in.space());
    HK_ASSIGN(known.numbers_uids, in.sequence_set());
    HK_TRY(in.expect(')'));
    break;
  }
  HK_TRY(in.expect(')'));
  // RFC 7162 §7: numbers only, no "*" and no saved result.
  for (const auto* set : {&known.known_uids, &known.known_numbers, &known.numbers_uids})
    if (*set && !is_plain(**set)) return permanent("QRESYNC takes sets of plain numbers");
  return known;
}

Result<Select> parse(Scanner& in, Select::Access access) {
  Select select;
  select.access = access;
  HK_TRY(in.space());
  HK_ASSIGN(select.mailbox, in.mailbox());
  if (in.accept(' ')) {  // RFC 4466 §2.4
    HK_TRY(in.expect('('));
    do {
      if (in.accept_word("CONDSTORE")) {
        select.condstore = true;
      } else if (in.accept_word("QRESYNC")) {
        HK_ASSIGN(select.qresync, parse_qresync(in));
      } else {
        return permanent("there is no such SELECT parameter");
      }
    } while (in.accept(' '));
    HK_TRY(in.expect(')'));
  }
  HK_TRY(in.end());
  return select;
}

}  // namespace

Result<Select> parse_select(Scanner& in) { return parse(in, Select::Access::kReadWrite); }
Result<Select> parse_examine(Scanner& in) { return parse(in, Select::Access::kReadOnly); }

}  // namespace hikyaku::imap
