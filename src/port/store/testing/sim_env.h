// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "port/store/testing/sim_disk.h"

namespace rocksdb {
class Env;
}

namespace hikyaku::store {

/// RocksDB's view of a SimDisk, which must outlive it.
[[nodiscard]] std::shared_ptr<rocksdb::Env> sim_env(SimDisk& disk);

}  // namespace hikyaku::store
