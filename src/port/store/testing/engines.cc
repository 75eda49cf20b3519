// SPDX-License-Identifier: Apache-2.0
#include "port/store/testing/engines.h"

#include "port/store/memory_store.h"
#include "port/store/testing/temporary_directory.h"

namespace hikyaku::store {

RocksDbStore::Options small_options(std::string directory) {
  RocksDbStore::Options options;
  options.directory = std::move(directory);
  options.cache_bytes = 1 << 20;
  options.memtable_bytes = 256 << 10;
  options.segment_bytes = 256 << 10;
  options.first_segment_bytes = 64 << 10;
  options.reserve_bytes = 0;
  options.io_threads = 2;
  options.collect_bytes_per_second = 1 << 30;
  return options;
}

std::vector<Engine> engines() {
  const auto memory = [] { return OpenEngine{nullptr, std::make_unique<MemoryStore>()}; };
  const auto rocksdb = [] {
    auto place = std::make_shared<TemporaryDirectory>();
    auto store = RocksDbStore::open(small_options(place->path()));
    HK_ASSERT(store);
    return OpenEngine{std::move(place), *std::move(store)};
  };
  return {{"memory", memory}, {"rocksdb", rocksdb}};
}

}  // namespace hikyaku::store
