// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "service/intake/intake.h"

namespace hikyaku::intake {

/// Where a message goes: each account and each address elsewhere once, however many recipients
/// lead there; and who of those that the sender wants to hear of are decided with that (RFC 3461
/// §5.2.3, §5.2.7.3), as items for queue::kReportDestination.
struct Plan {
  std::vector<directory::Account> accounts;  ///< get it in the commit
  std::vector<queue::Item> items;            ///< wait in the queue
};

/// What all queue items of a message have in common.
struct ItemFacts {
  TrackingId tracking;
  std::string sender;
  std::string envelope_id;
  std::uint8_t ret = 0;
  BodyId body;
  std::uint64_t skip_octets = 0;
  std::uint64_t size = 0;
  bool eight_bit = false;
  bool utf8_header = false;  ///< SMTPUTF8 was declared, and is needed
  UnixTime now;
};

/// At most `accounts_max` accounts get it in the commit; the others wait for
/// queue::kLocalDestination.
[[nodiscard]] Plan make_plan(const std::vector<Recipient>& recipients, std::size_t accounts_max,
                             const ItemFacts& facts, const Clock& clock);

/// How many accounts fit one commit beside `other_bytes`, when each needs this much of summary.
[[nodiscard]] std::size_t accounts_that_fit(std::size_t other_bytes, std::size_t summary_bytes,
                                            std::size_t accounts_max);

/// Keys and values of a transaction.
[[nodiscard]] std::size_t bytes_of(const store::Txn& txn);

}  // namespace hikyaku::intake
