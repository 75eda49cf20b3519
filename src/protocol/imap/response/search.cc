// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/response/search.h"

#include "protocol/imap/write.h"

namespace hikyaku::imap {
namespace {

void append_item(std::string& out, std::string_view name, std::uint64_t number) {
  out += name;
  append_number(out, number);
}

}  // namespace

void append_search(std::string& out, const NumberSet& found, std::uint64_t mod_seq) {
  out += "* SEARCH";
  for (const NumberSet::Range& range : found.ranges()) {
    for (std::uint64_t number = range.first; number <= range.last; ++number) {
      append_item(out, " ", number);
    }
  }
  if (mod_seq != 0 && !found.empty()) {
    append_item(out, " (MODSEQ ", mod_seq);
    out += ')';
  }
  out += "\r\n";
}

void append_esearch(std::string& out, std::string_view tag, const Search& search,
                    const NumberSet& found, std::uint64_t mod_seq) {
  out += "* ESEARCH (TAG ";
  append_string(out, tag);
  out += ')';
  if (search.addressing == Addressing::kUid) out += " UID";
  // RFC 9051 §6.4.4: what finds nothing gives no MIN, MAX or ALL.
  if (!found.empty()) {
    if (search.wants(Search::Return::kMin)) append_item(out, " MIN ", found.ranges().front().first);
    if (search.wants(Search::Return::kMax)) append_item(out, " MAX ", found.ranges().back().last);
    if (search.wants(Search::Return::kAll)) {
      out += " ALL ";
      append_number_set(out, found);
    }
  }
  if (search.wants(Search::Return::kCount)) append_item(out, " COUNT ", found.count());
  if (mod_seq != 0 && !found.empty()) append_item(out, " MODSEQ ", mod_seq);
  out += "\r\n";
}

}  // namespace hikyaku::imap
