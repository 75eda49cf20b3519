// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "protocol/mime/structure.h"
#include "service/intake/intake.h"

namespace hikyaku::intake {

/// What we put in front of a message.
struct Front {
  std::string octets;             ///< whole header lines
  std::uint64_t skip_octets = 0;  ///< of them, what is for local mailboxes only: Return-Path
};

/// Makes the front, and brings the summary, which was made of the message alone, to what it would
/// be of the message with its front.
[[nodiscard]] Front make_front(const Intake::Options& options, const Origin& origin,
                               const Envelope& envelope, TrackingId tracking, UnixTime now,
                               mime::Summary* summary);

/// Whether this came from a user of ours, so that RFC 6409 holds for it.
[[nodiscard]] bool is_submission(const Origin& origin);

}  // namespace hikyaku::intake
