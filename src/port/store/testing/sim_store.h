// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "port/store/rocksdb_store.h"
#include "port/store/testing/engines.h"
#include "port/store/testing/sim_env.h"

namespace hikyaku::store {

/// The embedded engine on a simulated disk, or why it could not be opened.
struct SimStore {
  std::shared_ptr<rocksdb::Env> env;
  std::unique_ptr<RocksDbStore> store;
  std::string error;

  explicit SimStore(SimDisk& disk, RocksDbStore::Options options = small_options("/sim"))
      : env(sim_env(disk)) {
    options.memtable_bytes = 64 << 10;
    options.files = &disk;
    options.env = env.get();
    auto opened = RocksDbStore::open(options);
    if (opened)
      store = *std::move(opened);
    else
      error = opened.error().text;
  }
};

}  // namespace hikyaku::store
