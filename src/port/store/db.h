// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "port/store/store.h"

namespace rocksdb {
class Env;
}

namespace hikyaku::store {

/// What was read; nullopt when memory alone could not tell.
template <class T>
using Read = std::optional<Result<T>>;
using Value = std::optional<std::string>;

/// RocksDB as the embedded engine uses it: one column family, no write-ahead log, one writer.
///
/// Threads: any for reads; write() by one at a time.
class Db {
 public:
  struct Options {
    std::string directory;
    std::uint64_t cache_bytes = 64 << 20;
    std::uint64_t memtable_bytes = 16 << 20;
    unsigned open_threads = 4;    ///< read the ends of the tables at a start
    rocksdb::Env* env = nullptr;  ///< of a test; nullptr = the machine's
  };
  static Result<std::unique_ptr<Db>> open(Options options);
  Db(const Db&) = delete;
  Db& operator=(const Db&) = delete;
  ~Db();

  enum class From : unsigned char {
    kMemory,  ///< only what needs no disk
    kAll,
  };
  Read<Value> get(std::string_view key, From from) const;
  /// One snapshot for all keys.
  Read<std::vector<Value>> get_many(const std::vector<std::string>& keys, From from) const;
  Read<std::vector<KeyValue>> scan(std::string_view begin, std::string_view end, std::size_t limit,
                                   Direction direction, From from) const;
  /// Calls each(key, value) for all of [begin, end) in one snapshot, until it returns false.
  Status for_each(std::string_view begin, std::string_view end,
                  const std::function<bool(std::string_view, std::string_view)>& each) const;
  /// As it would be after a power cut, before the log is replayed.
  Result<Value> get_flushed(std::string_view key) const;

  /// Changes that are applied together.
  class Batch {
   public:
    Batch();
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;
    ~Batch();
    void put(std::string_view key, std::string_view value);
    void erase(std::string_view key);

   private:
    friend class Db;
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };
  /// May wait while RocksDB is behind with flushing. kDiskFull: its memory is full of what has no
  /// room on the disk.
  Status write(const Batch& batch);

  /// All that was written is on disk. kDiskFull: it will be when there is room.
  Status flush();
  /// From now on a full disk is waited for; until then, as at a start, it is an error.
  void wait_for_room();
  /// After a write that failed: fine when it may be tried again. kDiskFull: not yet. Other errors:
  /// not before a new start.
  Status resume();

 private:
  struct Impl;
  explicit Db(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hikyaku::store
