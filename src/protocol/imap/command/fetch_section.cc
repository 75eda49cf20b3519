// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/fetch_section.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

using Item = FetchSection::Item;
using Part = FetchSection::Part;

constexpr std::size_t kPartNumbersMax = 100;
constexpr std::size_t kFieldsMax = 200;

/// "1.2.3" and the dot behind, if something follows it.
Status parse_part_numbers(Scanner& in, FetchSection& section, bool& more) {
  more = !in.peek(']');
  while (more && in.peek_digit()) {
    if (section.part_numbers.size() == kPartNumbersMax) {
      return permanent("the section has too many part numbers");
    }
    HK_ASSIGN(section.part_numbers.emplace_back(), in.nz_number());
    more = in.accept('.');
    if (more && in.peek(']')) return permanent("the section ends with a dot");
  }
  return {};
}

/// RFC 9051 §9 header-list.
Status parse_field_list(Scanner& in, FetchSection& section) {
  HK_TRY(in.space());
  HK_TRY(in.expect('('));
  do {
    if (section.fields.size() == kFieldsMax) return permanent("the section has too many fields");
    HK_ASSIGN(section.fields.emplace_back(), in.astring());
  } while (in.accept(' '));
  return in.expect(')');
}

Status parse_part(Scanner& in, FetchSection& section) {
  if (in.accept_word("HEADER.FIELDS.NOT")) {
    section.part = Part::kHeaderFieldsNot;
    return parse_field_list(in, section);
  }
  if (in.accept_word("HEADER.FIELDS")) {
    section.part = Part::kHeaderFields;
    return parse_field_list(in, section);
  }
  if (in.accept_word("HEADER")) {
    section.part = Part::kHeader;
  } else if (in.accept_word("TEXT")) {
    section.part = Part::kText;
  } else if (in.accept_word("MIME")) {
    if (section.part_numbers.empty()) return permanent("MIME needs a part number before it");
    section.part = Part::kMime;
  } else {
    return permanent("there is no such section");
  }
  return {};
}

/// Behind "[", through "]".
Status parse_section(Scanner& in, FetchSection& section) {
  bool more = false;
  HK_TRY(parse_part_numbers(in, section, more));
  if (more) {
    if (section.item != Item::kBody) return permanent("a BINARY section has part numbers only");
    HK_TRY(parse_part(in, section));
  }
  return in.expect(']');
}

/// RFC 9051 §9 partial: "<" number64 "." nz-number64 ">".
Status parse_partial(Scanner& in, FetchSection& section) {
  if (!in.accept('<')) return {};
  FetchSection::Partial partial;
  HK_ASSIGN(partial.offset, in.number64());
  HK_TRY(in.expect('.'));
  HK_ASSIGN(partial.octets_max, in.number64());
  if (partial.octets_max == 0) return permanent("a partial has at least one octet");
  section.partial = partial;
  return in.expect('>');
}

bool accept_item(Scanner& in, FetchSection& section) {
  const auto take = [&](std::string_view name, Item item, Part part, bool peek) {
    if (!in.accept_word(name)) return false;
    section.item = item;
    section.part = part;
    section.peek = peek;
    return true;
  };
  // RFC 3501 §6.4.5: RFC822.HEADER does not set \\Seen, the two others do.
  return take("BODY.PEEK", Item::kBody, Part::kWhole, true) ||
         take("BODY", Item::kBody, Part::kWhole, false) ||
         take("BINARY.SIZE", Item::kBinarySize, Part::kWhole, true) ||
         take("BINARY.PEEK", Item::kBinary, Part::kWhole, true) ||
         take("BINARY", Item::kBinary, Part::kWhole, false) ||
         take("RFC822.HEADER", Item::kRfc822Header, Part::kHeader, true) ||
         take("RFC822.TEXT", Item::kRfc822Text, Part::kText, false) ||
         take("RFC822", Item::kRfc822, Part::kWhole, false);
}

}  // namespace

Result<std::optional<FetchSection>> parse_fetch_section(Scanner& in) {
  FetchSection section;
  if (!accept_item(in, section)) return permanent("there is no such FETCH item");
  if (section.item >= Item::kRfc822) return std::optional(std::move(section));
  if (!in.accept('[')) {
    if (section.item != Item::kBody || section.peek) return permanent("expected a section in []");
    return std::nullopt;
  }
  HK_TRY(parse_section(in, section));
  if (section.item != Item::kBinarySize) HK_TRY(parse_partial(in, section));
  return std::optional(std::move(section));
}

}  // namespace hikyaku::imap
