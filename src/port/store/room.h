// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace rocksdb {
class Env;
}

namespace hikyaku::store {

/// Where RocksDB's threads wait while its disk is full, instead of being told.
///
/// Why: told, RocksDB 7.8 stops, and its Resume() at times waits for ever for a flush that nobody
/// runs. A thread that waits in a write knows nothing of it, reads go on, and when there is room
/// the write goes on where it stopped. Threads: any.
class Room {
 public:
  /// From now on whoever finds the disk full waits; before, and after end(), it is told.
  void begin();
  void end();

  /// Whether somebody waits for room.
  [[nodiscard]] bool is_awaited() const { return waiting_.load(std::memory_order_acquire) > 0; }

  /// One thread's waiting, from its first refusal to its success.
  class Turn {
   public:
    explicit Turn(Room& room) : room_(room) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();
    /// Some time later: whether to try again.
    bool wait();

   private:
    Room& room_;
    unsigned tried_ = 0;
  };

 private:
  void count(int change);

  std::mutex mutex_;
  std::condition_variable ended_;
  bool waits_ = false;
  std::atomic<int> waiting_{0};
};

/// `base` (which must live as long), whose writers wait for room: creating a file, appending to
/// one, and naming one. Not a sync: after one that failed nobody knows what is on the disk.
std::unique_ptr<rocksdb::Env> env_that_waits(rocksdb::Env& base, Room& room);

}  // namespace hikyaku::store
