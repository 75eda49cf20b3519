// SPDX-License-Identifier: Apache-2.0
// FETCH (RFC 9051 §6.4.5; RFC 7162 §3.1.4, §3.2.6).
#include "protocol/imap/response/mailbox.h"
#include "server/imap/fetcher.h"

namespace hikyaku::imap_server {

Task<void> Session::run_command(imap::Fetch command) {
  const auto positions = resolve(command.messages, command.addressing);
  if (!positions) {
    bad("there is no message of that number");
    co_return;
  }
  // RFC 7162 §3.1: either one enables CONDSTORE.
  if (command.changed_since || command.items.has(imap::FetchAttribute::kModSeq))
    state_.enable(imap::Feature::kCondStore);
  if (command.vanished && command.changed_since) {
    imap::NumberSet vanished;
    const auto read = co_await vanished_since(ModSeq(*command.changed_since), &vanished);
    const auto& shown = selected_->shown;
    vanished = vanished.intersect(command.messages.resolve(shown.info->uid_next.value));
    if (read && !vanished.empty())
      imap::append_vanished(out_, imap::VanishedKind::kEarlier, vanished);
  }
  Fetcher fetcher(*this, command);
  if (!co_await fetcher.run(*positions)) {
    ended_ = true;
    co_return;
  }
  if (fetcher.error()) co_return failed(*fetcher.error());
  if (fetcher.unknown_encoding()) {
    no("a part has a transfer encoding that can not be undone", "UNKNOWN-CTE");
  } else if (fetcher.some_gone()) {
    no("some of the messages were expunged meanwhile", "EXPUNGEISSUED");
  } else {
    co_await done("fetched");
  }
}

}  // namespace hikyaku::imap_server
