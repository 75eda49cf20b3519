// SPDX-License-Identifier: Apache-2.0
#include "port/store/committer.h"

#include <fmt/format.h>
#include <pthread.h>

#include "base/event.h"
#include "base/event_keys.h"
#include "port/store/crc32c.h"

namespace hikyaku::store {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kTxnsAtOnce = 256;
constexpr std::size_t kTokensKept = 20'000;
constexpr auto kRoomCheckedEvery = std::chrono::milliseconds(100);
constexpr auto kApplyRetriedEvery = std::chrono::milliseconds(100);

}  // namespace

Committer::Committer(Files& files, Db& db, Segments& segments, Options options, LogState last,
                     SegmentPtr segment, std::uint64_t next_body)
    : files_(files),
      db_(db),
      segments_(segments),
      options_(std::move(options)),
      evaluator_(db, segments),
      open_(std::make_unique<Batch>()),
      segment_(std::move(segment)),
      offset_(segment_->used.load()),
      sequence_(last.sequence + 1),
      next_body_(next_body),
      position_(last.position) {
  evaluator_thread_ = std::thread([this] { evaluate_loop(); });
  writer_thread_ = std::thread([this] { write_loop(); });
}

Committer::~Committer() {
  {
    const std::lock_guard lock(queue_mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  stop_.notify_one();
  evaluator_thread_.join();
  {
    const std::lock_guard lock(mutex_);
    evaluator_done_ = true;
  }
  changed_.notify_all();
  writer_thread_.join();
}

Commit Committer::submit(Txn txn) {
  auto state = std::make_shared<Commit::State>();
  if (auto shape = validate(txn); !shape) {
    event::error("store.bad_transaction", {{event::key::kError, shape.error().text}});
    Completions done;
    done.add(state, failed(std::move(shape).error()));
    return Commit(std::move(state));
  }
  return queue({std::move(txn), std::move(state), std::nullopt});
}

Commit Committer::submit_own(OwnWork work) {
  return queue({{}, std::make_shared<Commit::State>(), std::move(work)});
}

Commit Committer::queue(Submission submission) {
  auto state = submission.state;
  bool first = false;
  {
    const std::lock_guard lock(queue_mutex_);
    first = queue_.empty();
    queue_.push_back(std::move(submission));
  }
  if (first) queued_.notify_one();
  return Commit(std::move(state));
}

bool Committer::happened(const Token& token) const {
  const std::lock_guard lock(tokens_mutex_);
  return tokens_.contains(token);
}

// The evaluator's thread.

void Committer::evaluate_loop() {
  pthread_setname_np(pthread_self(), "hk-store-eval");
  for (;;) {
    auto waiting = take_waiting();
    if (waiting.empty()) return;
    for (std::size_t i = 0; i < waiting.size();) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !writer_wants_ && !is_full(); });
      const auto end = std::min(waiting.size(), i + kTxnsAtOnce);
      for (; i < end && !is_full(); ++i) evaluate(std::move(waiting[i]));
      // The writer takes what there is, before more is added.
      writer_wants_ = flying_ == nullptr;
      lock.unlock();
      changed_.notify_all();
    }
  }
}

std::vector<Submission> Committer::take_waiting() {
  std::unique_lock lock(queue_mutex_);
  queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  return std::exchange(queue_, {});
}

bool Committer::is_full() const {
  return open_->bytes >= options_.batch_bytes_max ||
         open_->submissions.size() >= options_.batch_txns_max;
}

void Committer::evaluate(Submission submission) {
  open_->results.push_back(decide(submission));
  open_->submissions.push_back(std::move(submission));
}

CommitResult Committer::decide(const Submission& submission) {
  if (!fatal_.empty()) return {Outcome::kFailed, fatal_};
  if (!submission.own) {
    const auto left = room();
    const auto needed = submission.txn.bodies.empty() ? Room::kNone : Room::kNoBodies;
    if (left >= needed && left != Room::kPlenty) return disk_full();
  }
  if (auto begun = begin_batch(); !begun) return failed(std::move(begun).error());
  return evaluator_.evaluate(submission, *open_, flying_.get());
}

CommitResult Committer::disk_full() const {
  return {Outcome::kFailed,
          fmt::format("the disk of {} is full: make room on it", options_.directory),
          Cause::kDiskFull};
}

/// Gives the open batch its place in the log.
Status Committer::begin_batch() {
  if (open_->segment) return {};
  // Sealed: given up, or left by a batch that failed.
  const bool sealed = segment_->sealed.load();
  const auto room = segments_.size_of(*segment_);
  if (sealed || (offset_ > SegmentHeader::kBytes && offset_ + options_.roll_slack_bytes > room)) {
    SegmentPtr next = std::exchange(next_segment_, nullptr);
    if (!next) {
      HK_ASSIGN(next, segments_.next_for_batches());
    }
    if (!sealed) segments_.seal(*segment_);
    segment_ = std::move(next);
    offset_ = SegmentHeader::kBytes;
    if (options_.on_work) options_.on_work();
  }
  open_->segment = segment_;
  open_->offset = offset_;
  return {};
}

Committer::Room Committer::room() {
  const auto now = Clock::now();
  if (now - room_checked_ < kRoomCheckedEvery) return room_;
  room_checked_ = now;
  const auto before = room_;
  const auto left = files_.free_bytes(options_.directory).value_or(0);
  room_ = left >= options_.reserve_bytes       ? Room::kPlenty
          : left >= options_.reserve_bytes / 2 ? Room::kNoBodies
                                               : Room::kNone;
  if (room_ == before || (room_ != Room::kPlenty && before != Room::kPlenty)) return room_;
  if (room_ == Room::kPlenty) {
    event::info("store.disk_has_room",
                {{event::key::kFile, options_.directory}, {event::key::kBytes, left}});
  } else {
    event::error("store.disk_full",
                 {{event::key::kFile, options_.directory},
                  {event::key::kBytes, left},
                  {event::key::kReason,
                   fmt::format("under {} MiB are free, and mail is deferred until there are more: "
                               "make room on that disk",
                               options_.reserve_bytes >> 20)}});
  }
  return room_;
}

// The writer's thread.

void Committer::write_loop() {
  pthread_setname_np(pthread_self(), "hk-store-write");
  for (;;) {
    std::unique_ptr<Batch> batch;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !open_->submissions.empty() || evaluator_done_; });
      if (open_->submissions.empty()) return;
      batch = close_batch();
      writer_wants_ = false;
    }
    changed_.notify_all();
    const auto written = write(*batch);
    finish(std::move(batch), written);
  }
}

std::unique_ptr<Batch> Committer::close_batch() {
  auto batch = std::exchange(open_, std::make_unique<Batch>());
  if (batch->writes_nothing()) {
    flying_ = std::make_shared<Overlay>();
    return batch;
  }
  settle_counters(*batch);
  for (const auto& [key, value] : batch->overlay.keys())
    append_change(batch->changes, value ? Change{Change::Kind::kPut, key, *value}
                                        : Change{Change::Kind::kErase, key, {}});
  const BatchHeader header{static_cast<std::uint32_t>(batch->bodies_length),
                           static_cast<std::uint32_t>(batch->changes.size()),
                           crc32c(batch->changes), sequence_};
  batch->header = header.encode(batch->segment->salt());
  // An alias: the overlay lives as long as the batch, which finish() ends after flying_.
  flying_ = std::shared_ptr<const Overlay>(std::shared_ptr<void>(), &batch->overlay);
  offset_ = batch->end();
  batch->segment->used.store(offset_);
  batch->segment->batches.fetch_add(1);
  return batch;
}

/// Counters as absolute values, so that replay needs no reading.
void Committer::settle_counters(Batch& batch) {
  for (const auto& [number, change] : batch.live) {
    const auto segment = segments_.find(number);
    if (!segment || change == 0) continue;
    const auto live = segment->live.load() + static_cast<std::uint64_t>(change);
    batch.overlay.put(live_key(number), encode_number(live));
  }
  if (batch.last_body >= next_body_)
    batch.overlay.put(std::string(kNextBodyKey), encode_number(batch.last_body + 1));
}

Committer::Written Committer::write(const Batch& batch) {
  if (batch.writes_nothing()) return {};
  for (const auto& pieces : batch.pieces) {
    if (auto synced = pieces->sync_if_dirty(); !synced)
      return {Outcome::kFailed, io_error("syncing", pieces->path(), synced.error()).error().text};
  }
  auto written = write_frame(batch);
  if (written.outcome != Outcome::kCommitted) return written;
  if (auto applied = apply(batch); !applied)
    return {Outcome::kUnknown, std::move(applied).error().text, Log::kLost};
  return written;
}

Committer::Written Committer::write_frame(const Batch& batch) {
  std::vector<std::string_view> parts;
  parts.reserve(batch.parts.size() + 2);
  parts.emplace_back(batch.header);
  parts.insert(parts.end(), batch.parts.begin(), batch.parts.end());
  parts.emplace_back(batch.changes);
  auto& file = batch.segment->file();
  if (auto wrote = file.write(batch.offset, parts); !wrote) {
    auto error = io_error("writing", batch.segment->path(), wrote.error()).error();
    // Its place is written again when there is room.
    if (error.cause == Cause::kDiskFull)
      return {Outcome::kFailed, std::move(error.text), Log::kGoesOn, error.cause};
    return give_up(batch, std::move(error.text));
  }
  if (auto synced = file.sync(); !synced)
    return give_up(batch, io_error("syncing", batch.segment->path(), synced.error()).error().text);
  return {};
}

/// After an error of the disk, any part of the batch may be on it, or get there.
Committer::Written Committer::give_up(const Batch& batch, std::string error) {
  auto& segment = *batch.segment;
  segment.used.store(batch.offset);
  const auto cut = segments_.seal_durably(segment);
  segment.sealed.store(true, std::memory_order_release);
  event::warn("store.segment_given_up",
              {{event::key::kFile, segment.path()}, {event::key::kError, error}});
  return {cut ? Outcome::kFailed : Outcome::kUnknown, std::move(error)};
}

/// Gives the records a batch that is durable. Nothing later may be written before that, so with a
/// full disk it is tried until there is room. An error when it can't be done, or the program stops:
/// replay will do it then.
Status Committer::apply(const Batch& batch) {
  Db::Batch changes;
  for (const auto& [key, value] : batch.overlay.keys())
    value ? changes.put(key, *value) : changes.erase(key);
  const LogState state{position_of(batch.segment->number(), batch.end()), sequence_};
  changes.put(kLogStateKey, state.encode());
  bool told = false;
  for (auto wrote = db_.write(changes); !wrote; wrote = db_.write(changes)) {
    if (!std::exchange(told, true))
      event::error("store.records_not_written", {{event::key::kError, wrote.error().text}});
    auto resumed = db_.resume();
    if (resumed) continue;
    if (resumed.error().cause != Cause::kDiskFull) return resumed;
    fail_queue();
    std::unique_lock lock(queue_mutex_);
    if (stop_.wait_for(lock, kApplyRetriedEvery, [this] { return stopping_; })) return resumed;
  }
  for (const auto& [number, change] : batch.live)
    if (const auto segment = segments_.find(number))
      segment->live.fetch_add(static_cast<std::uint64_t>(change));
  position_.store(state.position, std::memory_order_release);
  return {};
}

/// Answers those who came while nothing can be written.
void Committer::fail_queue() {
  std::vector<Submission> waiting;
  std::unique_ptr<Batch> open;
  {
    const std::lock_guard lock(queue_mutex_);
    waiting.swap(queue_);
  }
  {
    // What was decided meanwhile stands on nothing but the batch that is being written.
    const std::lock_guard lock(mutex_);
    open = std::exchange(open_, std::make_unique<Batch>());
  }
  changed_.notify_all();
  Completions done;
  for (auto& submission : waiting) done.add(std::move(submission.state), disk_full());
  for (auto& submission : open->submissions) done.add(std::move(submission.state), disk_full());
}

void Committer::finish(std::unique_ptr<Batch> batch, const Written& written) {
  std::unique_ptr<Batch> on_top;
  {
    const std::lock_guard lock(mutex_);
    flying_ = nullptr;
    if (written.outcome == Outcome::kCommitted) {
      if (!batch->writes_nothing()) ++sequence_;
      if (batch->last_body >= next_body_) next_body_ = batch->last_body + 1;
    } else {
      on_top = std::exchange(open_, std::make_unique<Batch>());
      if (segment_ != batch->segment) next_segment_ = segment_;
      segment_ = batch->segment;
      offset_ = batch->offset;
      segment_->used.store(offset_);
      if (written.log == Log::kLost)
        fatal_ =
            fmt::format("{}: nothing can be stored until hikyaku is started again", written.error);
    }
  }
  changed_.notify_all();
  if (written.outcome != Outcome::kCommitted)
    event::error("store.commit_failed", {{event::key::kError, written.error},
                                         {event::key::kCount, batch->submissions.size()}});
  else
    remember_tokens(*batch);
  const bool may_have_died = batch->suspects > 0;
  Completions done;
  for (std::size_t i = 0; i < batch->submissions.size(); ++i) {
    auto& result = batch->results[i];
    if (written.outcome != Outcome::kCommitted)
      result = {written.outcome, written.error, written.cause};
    done.add(std::move(batch->submissions[i].state), std::move(result));
  }
  if (on_top)
    for (auto& submission : on_top->submissions)
      done.add(std::move(submission.state), {Outcome::kFailed, written.error, written.cause});
  done.post();
  if (may_have_died && options_.on_work) options_.on_work();
}

void Committer::remember_tokens(const Batch& batch) {
  const std::lock_guard lock(tokens_mutex_);
  for (std::size_t i = 0; i < batch.submissions.size(); ++i) {
    const auto& token = batch.submissions[i].txn.token;
    if (token.empty() || batch.results[i].outcome != Outcome::kCommitted) continue;
    if (tokens_.insert(token).second) tokens_in_order_.push_back(token);
  }
  while (tokens_in_order_.size() > kTokensKept) {
    tokens_.erase(tokens_in_order_.front());
    tokens_in_order_.pop_front();
  }
}

}  // namespace hikyaku::store
