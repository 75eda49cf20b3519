// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "base/error.h"
#include "port/store/log_format.h"
#include "port/store/segments.h"

namespace hikyaku::store {

/// Finds the bodies in a segment, whatever lies between them: batches, and holes that a crash left.
/// Their octets are not verified. Stops at the first error that `each` gives. Blocks on disk.
Status walk_bodies(const Segment& segment,
                   const std::function<Status(Position position, const BodyHeader& body)>& each);

/// The octets of an extent, verified.
/// Errors: kRetryLater when they can't be read or their CRC is wrong.
Result<std::string> read_extent(const Segment& segment, const Body::Extent& extent);

}  // namespace hikyaku::store
