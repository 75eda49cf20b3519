// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "protocol/smtp/client_session.h"
#include "record/trail/trail.h"
#include "service/delivery/schedule.h"

namespace hikyaku::delivery {

/// What became of one attempt to deliver an item.
struct AttemptResult {
  struct Recipient {
    std::string address;
    smtp::Outcome outcome = smtp::Outcome::kTransient;
    smtp::Reply reply;     ///< code 0: no reply, the text says what happened
    std::string host;      ///< that gave it, or empty
    bool reports = false;  ///< the host offers DSN: it tells the sender by itself
  };
  std::vector<Recipient> recipients;  ///< those that were waiting, in their order
  std::vector<trail::Event> events;
  Schedule::News news;         ///< what it tells about the site
  bool no_connection = false;  ///< no host could be spoken with
  /// We stop, or the site has no room for one more connection: nothing was found out, the item
  /// stays as it is.
  bool untouched = false;
  /// No attempt was made, since the site rests until then.
  std::optional<UnixTime> put_off_until;
};

/// What an item is to be told while its site rests.
[[nodiscard]] AttemptResult put_off(const queue::Item& item, const Site& site);

/// What a reply says about the whole site: nothing more than that it answers, or that it wants less
/// from us. Pure.
[[nodiscard]] Schedule::Feedback feedback_of(const smtp::Reply& reply);

}  // namespace hikyaku::delivery
