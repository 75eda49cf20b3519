// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/thread_pool.h"
#include "port/store/hints.h"
#include "port/store/memory_store.h"
#include "service/intake/intake.h"

namespace hikyaku::intake {

/// A mail site in memory: the domain example.org, and whatever accounts a test asks for.
struct Site {
  explicit Site(Intake::Options options = {.host = "mx.example.org"});

  store::MemoryStore store;
  store::Hints hints;
  ManualClock clock{UnixTime(std::chrono::days(20'000) + std::chrono::hours(9))};
  ThreadPool pool{1};
  directory::Directory directory{store, pool, clock};
  mailbox::Mailboxes mailboxes{store, hints, clock};
  Intake intake;

  /// An account that can not log in: quick to make. Its mailboxes are opened once, so that the
  /// first message finds them.
  directory::Account add_account(std::string_view local);
  void add_alias(std::string address, std::vector<std::string> targets);
  Recipient recipient(std::string_view address);
  Envelope envelope(std::string_view sender, std::vector<std::string> recipients);

  Result<Accepted> take(Origin origin, Envelope envelope, std::string_view message,
                        std::size_t piece = 1'000);

  /// The messages in the account's INBOX: their octets, and what is kept of them.
  std::vector<std::string> inbox(const directory::Account& account);
  std::vector<mailbox::Message> kept(const directory::Account& account);
  std::vector<queue::Item> queue();
  std::string body(BodyId id, std::uint64_t skip = 0);

 private:
  std::uint64_t next_account_ = 0;
};

[[nodiscard]] Origin inbound();
[[nodiscard]] Origin submission(const directory::Account& account);

}  // namespace hikyaku::intake
