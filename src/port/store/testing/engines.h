// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "port/store/rocksdb_store.h"
#include "port/store/store.h"

namespace hikyaku::store {

/// A fresh store, with what must outlive it.
struct OpenEngine {
  std::shared_ptr<void> place;
  std::unique_ptr<Store> store;
};

/// An engine that the contract's tests run on.
struct Engine {
  std::string name;
  std::function<OpenEngine()> open;
};

[[nodiscard]] std::vector<Engine> engines();

/// For tests: little memory, and segments so small that they are full after some commits.
[[nodiscard]] RocksDbStore::Options small_options(std::string directory);

}  // namespace hikyaku::store
