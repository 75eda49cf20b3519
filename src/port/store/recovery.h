// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/error.h"
#include "port/store/db.h"
#include "port/store/engine_keys.h"
#include "port/store/segments.h"

namespace hikyaku::store {

struct Recovered {
  LogState last;
  std::uint64_t next_body = 1;
  std::uint64_t batches = 0;  ///< that were replayed
};

/// Gives RocksDB what the log has and it has not, up to the first batch that is not whole.
///
/// A batch is written only when the one before it is durable. So only the last can be torn, which
/// is then as if it never was: nobody was told. A batch that is not whole and has others behind it
/// is damage, and an error.
Result<Recovered> recover(Segments& segments, Db& db);

}  // namespace hikyaku::store
