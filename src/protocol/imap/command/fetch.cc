// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/fetch.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/imap/command/fetch_section.h"
#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

using enum FetchAttribute;

constexpr std::size_t kSectionsMax = 100;

constexpr std::array<std::pair<std::string_view, FetchAttribute>, 8> kAttributes{{
    {"FLAGS", kFlags},
    {"UID", kUid},
    {"INTERNALDATE", kInternalDate},
    {"RFC822.SIZE", kSize},
    {"ENVELOPE", kEnvelope},
    {"BODYSTRUCTURE", kBodyStructure},
    {"MODSEQ", kModSeq},
    {"EMAILID", kEmailId},
}};

bool accept_macro(Scanner& in, FetchItems& items) {
  const bool full = in.accept_word("FULL");
  const bool all = full || in.accept_word("ALL");
  if (!all && !in.accept_word("FAST")) return false;
  for (const FetchAttribute a : {kFlags, kInternalDate, kSize}) items.add(a);
  if (all) items.add(kEnvelope);
  if (full) items.add(kBody);
  return true;
}

Status parse_item(Scanner& in, FetchItems& items) {
  for (const auto& [name, attribute] : kAttributes) {
    if (in.accept_word(name)) {
      items.add(attribute);
      return {};
    }
  }
  if (in.accept_word("THREADID")) {
    items.add(kThreadId);
    return {};
  }
  HK_ASSIGN(std::optional<FetchSection> section, parse_fetch_section(in));
  if (!section) {  // BODY alone
    items.add(kBody);
    return {};
  }
  if (std::ranges::find(items.sections, *section) != items.sections.end()) return {};
  if (items.sections.size() == kSectionsMax) return permanent("FETCH has too many sections");
  items.sections.push_back(*std::move(section));
  return {};
}

Status parse_items(Scanner& in, FetchItems& items) {
  if (accept_macro(in, items)) return {};
  if (!in.accept('(')) return parse_item(in, items);
  do {
    HK_TRY(parse_item(in, items));
  } while (in.accept(' '));
  return in.expect(')');
}

/// RFC 4466 §2.4 fetch-modifiers; RFC 7162 §3.1.4.1, §3.2.6.
Status parse_modifiers(Scanner& in, Fetch& fetch) {
  HK_TRY(in.expect('('));
  do {
    if (in.accept_word("CHANGEDSINCE")) {
      HK_TRY(in.space());
      HK_ASSIGN(fetch.changed_since, in.number64());
    } else if (in.accept_word("VANISHED")) {
      fetch.vanished = true;
    } else {
      return permanent("there is no such FETCH modifier");
    }
  } while (in.accept(' '));
  HK_TRY(in.expect(')'));
  if (fetch.vanished && (fetch.addressing != Addressing::kUid || !fetch.changed_since)) {
    return permanent("VANISHED needs UID FETCH and CHANGEDSINCE");
  }
  // RFC 7162 §3.1.4.1: CHANGEDSINCE asks for MODSEQ too.
  fetch.items.add(kModSeq);
  return {};
}

Result<Fetch> parse(Scanner& in, Addressing addressing) {
  Fetch fetch;
  fetch.addressing = addressing;
  HK_TRY(in.space());
  HK_ASSIGN(fetch.messages, in.sequence_set());
  HK_TRY(in.space());
  HK_TRY(parse_items(in, fetch.items));
  // RFC 9051 §6.4.9: UID FETCH always gives the UID.
  if (addressing == Addressing::kUid) fetch.items.add(kUid);
  if (in.accept(' ')) HK_TRY(parse_modifiers(in, fetch));
  HK_TRY(in.end());
  return fetch;
}

}  // namespace

Result<Fetch> parse_fetch(Scanner& in) { return parse(in, Addressing::kNumber); }
Result<Fetch> parse_uid_fetch(Scanner& in) { return parse(in, Addressing::kUid); }

}  // namespace hikyaku::imap
