// SPDX-License-Identifier: Apache-2.0
// SEARCH (RFC 9051 §6.4.4; RFC 4731, RFC 5182, RFC 7162 §3.1.5).
#include "protocol/imap/response/search.h"

#include "protocol/mime/charset.h"
#include "server/imap/searcher.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::Search command) {
  if (!command.charset.empty() && !mime::charset_known(command.charset)) {
    no("that charset is not known here", "BADCHARSET (UTF-8 US-ASCII)");
    co_return;
  }
  Searcher searcher(*this, command);
  if (searcher.uses_mod_seq()) enable(imap::Feature::kCondStore);
  const auto found = co_await searcher.run();
  if (!found) {
    // RFC 5182 §2.1: a SEARCH that failed leaves nothing saved.
    if (command.wants(imap::Search::Return::kSave)) saved_ = {};
    co_return failed(found.error());
  }
  const auto& index = selected_->index();
  imap::NumberSet numbers;
  imap::NumberSet uids;
  std::uint64_t mod_seq = 0;
  for (const auto position : *found) {
    const auto& entry = index.at(position);
    uids.add(entry.uid.value);
    numbers.add(static_cast<std::uint32_t>(position + 1));
    if (searcher.uses_mod_seq()) mod_seq = std::max(mod_seq, entry.modseq.value);
  }
  save_found(command, uids);
  const auto& answer = command.addressing == imap::Addressing::kUid ? uids : numbers;
  if (!command.extended && !state_.has(imap::Feature::kImap4Rev2)) {
    imap::append_search(out_, answer, mod_seq);
  } else {
    // RFC 9051 §6.4.4: without RETURN all of it, but as ESEARCH.
    if (!command.extended) command.returns = static_cast<std::uint8_t>(imap::Search::Return::kAll);
    if (command.returns != static_cast<std::uint8_t>(imap::Search::Return::kSave))
      imap::append_esearch(out_, tag_, command, answer, mod_seq);
  }
  // RFC 9051 §7.5.1: not while message numbers of the command still mean something.
  co_await sync(searcher.uses_numbers() ? imap::ExpungeRule::kMustWait : info_->expunges);
  ok("searched");
}

// RFC 5182 §2.1, §2.4: with MIN or MAX alone these, else all.
void Session::save_found(const imap::Search& command, const imap::NumberSet& uids) {
  using Return = imap::Search::Return;
  if (!command.wants(Return::kSave)) return;
  const bool least_or_most = command.wants(Return::kMin) || command.wants(Return::kMax);
  if (!least_or_most || command.wants(Return::kAll) || command.wants(Return::kCount) ||
      uids.empty()) {
    saved_ = uids;
    return;
  }
  saved_ = {};
  if (command.wants(Return::kMin)) saved_.add(uids.ranges().front().first);
  if (command.wants(Return::kMax)) saved_.add(uids.ranges().back().last);
}

}  // namespace hikyaku::imap_server
