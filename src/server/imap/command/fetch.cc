// SPDX-License-Identifier: Apache-2.0
// FETCH (RFC 9051 §6.4.5; RFC 7162 §3.1.4, §3.2.6).
#include <algorithm>

#include "protocol/imap/response/mailbox.h"
#include "server/imap/fetcher.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::Fetch command) {
  const auto positions = resolve(command.messages, command.addressing);
  if (!positions) {
    bad("there is no message of that number");
    co_return;
  }
  // RFC 7162 §3.2.6: only once the client has enabled it.
  if (command.vanished && !state_.has(imap::Feature::kQResync)) {
    bad("QRESYNC must be enabled first");
    co_return;
  }
  // RFC 7162 §3.1: either one enables CONDSTORE.
  if (command.changed_since || command.items.has(imap::FetchAttribute::kModSeq))
    enable(imap::Feature::kCondStore);
  if (command.vanished && command.changed_since) {
    const bool saved = command.messages.kind == imap::SequenceSet::Kind::kSavedResult;
    const auto largest = std::max(1U, selected_->shown.info->uid_next.value) - 1;
    const auto vanished = co_await vanished_since(
        ModSeq(*command.changed_since), saved ? saved_ : command.messages.resolve(largest));
    // Before any FETCH response.
    if (!vanished.empty()) imap::append_vanished(out_, imap::VanishedKind::kEarlier, vanished);
  }
  Fetcher fetcher(*this, command);
  if (!co_await fetcher.run(*positions)) {
    ended_ = true;
    co_return;
  }
  if (fetcher.error()) co_return failed(*fetcher.error());
  if (fetcher.some_unreadable()) {
    // RFC 5530 §3: CORRUPTION says no more; the log has what the administrator needs.
    no("some of the messages can not be read; the server's log says why", "CORRUPTION");
  } else if (fetcher.unknown_encoding()) {
    no("a part has a transfer encoding that can not be undone", "UNKNOWN-CTE");
  } else if (fetcher.some_gone()) {
    no("some of the messages were expunged meanwhile", "EXPUNGEISSUED");
  } else {
    co_await done("fetched");
  }
}

}  // namespace hikyaku::imap_server
