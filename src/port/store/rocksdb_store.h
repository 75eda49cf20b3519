// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "port/store/check.h"
#include "port/store/store.h"

namespace rocksdb {
class Env;
}

namespace hikyaku::store {

class Files;

/// The embedded engine: records in RocksDB, bodies and commits in a log of our own
/// (docs/formats/log.md), all under one directory.
///
///     DIR/FORMAT         which release may read this
///     DIR/log/*.log      segments
///     DIR/records/       RocksDB
///
/// Nothing that was committed is lost by a crash or a power cut, and of what was not committed
/// nothing is seen. One process at a time. Threads: any; open() and the destructor block.
class RocksDbStore final : public Store {
 public:
  struct Options {
    std::string directory;
    std::uint64_t cache_bytes = 64 << 20;
    std::uint64_t memtable_bytes = 16 << 20;  ///< up to three of them
    std::uint64_t segment_bytes = 64 << 20;
    std::uint64_t first_segment_bytes = 4 << 20;  ///< segments grow from here
    std::uint64_t replay_bytes_max = 256 << 20;   ///< of the log, after a crash
    /// With less room than this on the disk, mail is refused for now, so that the records can still
    /// be written.
    std::uint64_t reserve_bytes = 32 << 20;
    unsigned io_threads = 4;  ///< for reads that memory can't answer, and those of a start
    std::chrono::milliseconds maintenance_interval{1000};
    unsigned collect_below_percent = 50;
    std::uint64_t collect_bytes_per_second = 16 << 20;
    Files* files = nullptr;       ///< of a test; nullptr = the machine's
    rocksdb::Env* env = nullptr;  ///< of a test; nullptr = the machine's
  };
  /// Opens or makes the store, and replays what a crash left.
  /// Errors: kPermanent for what an administrator has to change: a newer release made it.
  ///         kRetryLater when another process has it open, for I/O and for damage.
  static Result<std::unique_ptr<RocksDbStore>> open(Options options);
  /// Finishes what was submitted. No read may be under way.
  ~RocksDbStore() override;

  Commit submit(Txn txn) override;
  Task<Result<bool>> resolve(Token token) override;
  Task<Result<std::vector<std::optional<std::string>>>> get(std::vector<std::string> keys) override;
  Task<Result<std::vector<KeyValue>>> scan(std::string begin, std::string end, std::size_t limit,
                                           Direction direction) override;
  [[nodiscard]] Body new_body() override;
  Task<Status> spill(Body* body) override;
  Task<Result<std::string>> read_body(BodyId body, std::uint64_t offset,
                                      std::uint64_t length) override;
  Task<Status> flush() override;

  /// Reads everything the engine keeps for itself, beside the normal work. Runs in a thread of the
  /// pool for as long as it takes; `progress` is called there.
  Task<Result<CheckReport>> check(CheckProgress progress);
  /// One round of maintenance now: dead bodies go, segments with much dead space are collected.
  Task<Status> collect();

 private:
  struct Impl;
  explicit RocksDbStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hikyaku::store
