// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "port/store/batch.h"
#include "port/store/db.h"
#include "port/store/engine_keys.h"
#include "port/store/files.h"
#include "port/store/segments.h"

namespace hikyaku::store {

/// The one way to change anything: takes all transactions that wait, decides them in order, makes
/// them durable with one write and one fdatasync to the log, applies them to RocksDB, and then
/// tells those who wait.
///
/// Two threads: while the writer waits for the disk, the evaluator decides what came meanwhile, on
/// top of the batch that is in flight; so the group grows by itself just as the disk is slow, and
/// nobody waits for company. When a batch fails, what was decided on top of it fails too.
///
/// Full disk:    transactions get kFailed, and go on when there is room again.
/// Failed sync:  nobody knows what is on disk, and the next sync would succeed without having
///               written it. So the segment is given up: the batch is cut off (kFailed; kUnknown if
///               that fails too), and what comes next goes into a new segment, where it counts
///               before what the old one may still hold. The same for a write that failed.
/// Lost records: when RocksDB can't take what the log holds, that batch gets kUnknown, all later
///               ones kFailed, until the program is started again and has replayed the log.
/// Threads: any.
class Committer {
 public:
  struct Options {
    std::string directory;                     ///< whose disk must have room
    std::uint64_t reserve_bytes = 0;           ///< room that is left for RocksDB
    std::uint64_t roll_slack_bytes = 1 << 20;  ///< with less room the next segment is taken
    std::size_t batch_bytes_max = 2 << 20;
    std::size_t batch_txns_max = 4096;
    std::function<void()> on_work;  ///< a segment is full, or a body may be dead
  };
  Committer(Files& files, Db& db, Segments& segments, Options options, LogState last,
            SegmentPtr segment, std::uint64_t next_body);
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;
  /// Finishes what was submitted.
  ~Committer();

  Commit submit(Txn txn);
  Commit submit_own(OwnWork work);

  [[nodiscard]] bool happened(const Token& token) const;
  /// End of the last batch that is in RocksDB.
  [[nodiscard]] Position position() const { return position_.load(std::memory_order_acquire); }

 private:
  enum class Room : unsigned char { kPlenty, kNoBodies, kNone };
  enum class Log : unsigned char { kGoesOn, kLost };
  /// How a batch went, and whether the log can be written further.
  struct Written {
    Outcome outcome = Outcome::kCommitted;
    std::string error;
    Log log = Log::kGoesOn;
    Cause cause = Cause::kOther;
  };

  Commit queue(Submission submission);
  void evaluate_loop();
  std::vector<Submission> take_waiting();
  void evaluate(Submission submission);
  CommitResult decide(const Submission& submission);
  [[nodiscard]] CommitResult disk_full() const;
  Status begin_batch();
  Room room();
  [[nodiscard]] bool is_full() const;

  void write_loop();
  std::unique_ptr<Batch> close_batch();
  void settle_counters(Batch& batch);
  Written write(const Batch& batch);
  Written write_frame(const Batch& batch);
  Written give_up(const Batch& batch, std::string error);
  Status apply(const Batch& batch);
  void fail_queue();
  void finish(std::unique_ptr<Batch> batch, const Written& written);
  void remember_tokens(const Batch& batch);

  Files& files_;
  Db& db_;
  Segments& segments_;
  const Options options_;
  Evaluator evaluator_;

  std::mutex queue_mutex_;
  std::condition_variable queued_;
  std::condition_variable stop_;
  std::vector<Submission> queue_;
  bool stopping_ = false;

  std::mutex mutex_;  ///< what follows, up to the blank line
  std::condition_variable changed_;
  std::unique_ptr<Batch> open_;
  std::shared_ptr<const Overlay> flying_;
  SegmentPtr segment_;  ///< where the next batch begins
  std::uint64_t offset_ = 0;
  SegmentPtr next_segment_;  ///< taken, and not used because a batch failed
  std::uint64_t sequence_;
  std::uint64_t next_body_;
  std::string fatal_;  ///< why nothing can be committed any more
  bool writer_wants_ = false;
  bool evaluator_done_ = false;

  Room room_ = Room::kPlenty;  ///< evaluator's own
  std::chrono::steady_clock::time_point room_checked_{};

  std::atomic<Position> position_;

  mutable std::mutex tokens_mutex_;
  std::unordered_set<Token> tokens_;
  std::deque<Token> tokens_in_order_;

  std::thread evaluator_thread_;
  std::thread writer_thread_;
};

}  // namespace hikyaku::store
