// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "port/store/db.h"
#include "port/store/segments.h"

namespace hikyaku::store {

/// Octets [offset, offset + length) of a body, cut at its end; nullopt when memory alone can't
/// tell. Extents that are read whole are verified. Errors: kRetryLater when the body is not there,
/// can't be read, or has a wrong CRC.
Read<std::string> read_body(const Db& db, const Segments& segments, BodyId body,
                            std::uint64_t offset, std::uint64_t length, Db::From from);

}  // namespace hikyaku::store
