// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "port/store/committer.h"
#include "port/store/db.h"
#include "port/store/pieces.h"
#include "port/store/segments.h"

namespace hikyaku::store {

/// Wakes the maintenance thread. Outlives whoever rings it. Threads: any.
class Bell {
 public:
  void ring();
  void stop();
  [[nodiscard]] bool stopped() const;
  /// Waits until it rings, is stopped, or the time is over.
  void wait(std::chrono::milliseconds time);
  /// Waits for the whole time, unless it is stopped: then false.
  bool pause(std::chrono::milliseconds time);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
  bool stopped_ = false;
};

/// What has to be done beside the commits: writes segments ahead, flushes so that replay stays
/// short, takes bodies without holders out of the records, and collects segments of which much is
/// dead: moves what lives, then drops the file.
///
/// A segment is dropped only when no piece in it is pinned, no live octet is counted in it, and
/// (for batches) RocksDB has flushed beyond it. Readers hold the file, and look up the location
/// again when it is gone. Threads: any; work is done by one thread of its own, at a bounded rate.
class Maintenance {
 public:
  struct Options {
    std::chrono::milliseconds interval{1000};
    std::uint64_t replay_bytes_max = 256 << 20;
    unsigned collect_below_percent = 50;  ///< a segment with less alive is collected
    std::uint64_t bytes_per_second = 16 << 20;
  };
  Maintenance(Db& db, Segments& segments, Committer& committer, Bell& bell, Options options);
  Maintenance(const Maintenance&) = delete;
  Maintenance& operator=(const Maintenance&) = delete;
  ~Maintenance();

  /// One whole round, in the caller's thread. Blocks.
  Status run_once();

 private:
  /// A body on its way to another place.
  struct Moving {
    std::string from;
    Location to;
  };

  void loop();
  Status commit(OwnWork work);
  Status reap();
  Status bound_replay();
  Status collect();
  [[nodiscard]] bool worth_collecting(const Segment& segment, bool many_small) const;
  Result<Position> flushed_position() const;
  Status collect_one(const SegmentPtr& segment);
  Status move_body(const Segment& segment, Position position, BodyId body);
  Status move_by_locations(const Segment& segment);
  Status commit_moves();

  Db& db_;
  Segments& segments_;
  Committer& committer_;
  Bell& bell_;
  const Options options_;
  Pieces pieces_;

  std::mutex round_mutex_;  ///< one round at a time; what follows
  std::map<BodyId, Moving> moving_;
  std::uint64_t moving_bytes_ = 0;
  std::vector<std::shared_ptr<Pin>> pins_;
  std::set<std::uint32_t> stuck_;  ///< segments with something damaged in them: left as they are

  std::thread thread_;
};

}  // namespace hikyaku::store
