// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/fetch_items.h"

#include <algorithm>

#include "protocol/imap/write.h"

namespace hikyaku::imap {
namespace {

using Item = FetchSection::Item;
using Part = FetchSection::Part;

std::string_view part_name(Part part) {
  switch (part) {
    case Part::kWhole: return "";
    case Part::kHeader: return "HEADER";
    case Part::kHeaderFields: return "HEADER.FIELDS";
    case Part::kHeaderFieldsNot: return "HEADER.FIELDS.NOT";
    case Part::kText: return "TEXT";
    case Part::kMime: return "MIME";
  }
  return "";
}

void append_brackets(std::string& out, const FetchSection& section) {
  out += '[';
  bool first = true;
  for (const std::uint32_t number : section.part_numbers) {
    if (!first) out += '.';
    first = false;
    append_number(out, number);
  }
  if (section.part != Part::kWhole) {
    if (!first) out += '.';
    out += part_name(section.part);
  }
  if (!section.fields.empty()) {
    // Counted, not told from what is there: a literal may end with "(".
    for (std::size_t i = 0; i < section.fields.size(); ++i) {
      out += i == 0 ? " (" : " ";
      append_astring(out, section.fields[i]);
    }
    out += ')';
  }
  out += ']';
}

}  // namespace

bool FetchItems::sets_seen() const {
  return std::ranges::any_of(sections, [](const FetchSection& section) { return !section.peek; });
}

void append_section_name(std::string& out, const FetchSection& section) {
  switch (section.item) {
    case Item::kRfc822: out += "RFC822"; return;
    case Item::kRfc822Header: out += "RFC822.HEADER"; return;
    case Item::kRfc822Text: out += "RFC822.TEXT"; return;
    case Item::kBody: out += "BODY"; break;
    case Item::kBinary: out += "BINARY"; break;
    case Item::kBinarySize: out += "BINARY.SIZE"; break;
  }
  append_brackets(out, section);
  if (section.partial) {
    out += '<';
    append_number(out, section.partial->offset);
    out += '>';
  }
}

}  // namespace hikyaku::imap
