// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "protocol/mime/structure.h"
#include "service/intake/plan.h"

namespace hikyaku::intake {

/// What the trail tells of a message that comes in: connection, TLS, login, decisions, envelope,
/// and where it went. `placed`: of the plan's accounts, in their order; empty while it is not
/// known.
[[nodiscard]] std::vector<trail::Event> tell_intake(const Origin& origin, const Envelope& envelope,
                                                    const mime::Summary& summary, const Plan& plan,
                                                    std::span<const mailbox::Placed> placed,
                                                    UnixTime now);

/// Where it went alone.
void tell_places(const Plan& plan, std::span<const mailbox::Placed> placed, UnixTime now,
                 std::vector<trail::Event>* events);

[[nodiscard]] trail::Head make_head(TrackingId id, const Envelope& envelope,
                                    const mime::Summary& summary);

}  // namespace hikyaku::intake
