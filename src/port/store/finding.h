// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "base/told.h"
#include "port/store/store.h"

namespace hikyaku::store {

/// Something that does not agree with itself, found by the check of a record (`store check`).
struct Finding {
  Told what;    ///< what is wrong, and where
  Told repair;  ///< what a repair would do; empty when only a person can decide
  Txn fix;      ///< the repair, with checks so that it is harmless when the store moved on
};

/// A check stops to collect beyond this many findings.
inline constexpr std::size_t kFindingsMax = 1'000;

}  // namespace hikyaku::store
