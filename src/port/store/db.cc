// SPDX-License-Identifier: Apache-2.0
#include "port/store/db.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdarg>
#include <cstdio>
#include <future>
#include <mutex>
#include <thread>
#include <tuple>

#include "base/event.h"
#include "base/event_keys.h"
#include "base/words.h"
#include "port/store/room.h"

namespace hikyaku::store {
namespace {

constexpr std::chrono::milliseconds kBehindRetried(1);
constexpr std::chrono::milliseconds kFlushWatched(20);
/// Why there are limits: after an error RocksDB 7.8 at times waits for a flush that nobody runs.
constexpr std::chrono::seconds kResumeGivenUpAfter(30);
constexpr std::chrono::seconds kFlushGivenUpAfter(60);

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

std::unexpected<Error> error_of(const rocksdb::Status& status, std::string_view doing) {
  Error error{.remedy = Remedy::kRetryLater,
              .text = fmt::format("{} the records: {}", doing, status.ToString())};
  if (status.IsNoSpace()) {
    error.text += "; make room on that disk";
    error.cause = Cause::kDiskFull;
  }
  return std::unexpected(std::move(error));
}

std::unexpected<Error> full(std::string_view doing) {
  return error_of(rocksdb::Status::NoSpace(), doing);
}

rocksdb::ReadOptions read_options(Db::From from) {
  rocksdb::ReadOptions options;
  if (from == Db::From::kMemory) options.read_tier = rocksdb::kBlockCacheTier;
  return options;
}

/// What RocksDB has to tell goes into the log of the program.
///
/// Why not into its own LOG file: when the disk of that file is full, RocksDB 7.8 of Debian, which
/// keeps its assertions, ends the process at the second line that it can't write.
class EventLogger : public rocksdb::Logger {
 public:
  EventLogger() : rocksdb::Logger(rocksdb::WARN_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    Logv(rocksdb::WARN_LEVEL, format, arguments);
  }
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < GetInfoLogLevel() || level == rocksdb::HEADER_LEVEL) return;
    std::array<char, 1024> text;
    const int length = std::vsnprintf(text.data(), text.size(), format, arguments);
    if (length <= 0) return;
    const std::string_view shown(text.data(),
                                 std::min(text.size() - 1, static_cast<std::size_t>(length)));
    // The same comes back from the call, and is told once.
    if (shown.find("DB::Open() failed") != std::string_view::npos) return;
    event::warn("store.rocksdb", {{event::key::kReason, shown}});
  }
};

/// What happens in RocksDB's threads, for those who wait for it.
class Watch : public rocksdb::EventListener {
 public:
  void OnFlushCompleted(rocksdb::DB* /*db*/, const rocksdb::FlushJobInfo& info) override {
    change([&] { flushed_ = std::max(flushed_, info.largest_seqno); });
  }
  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* error) override {
    change([&] { error_ = *error; });
  }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                            bool* auto_recovery) override {
    // Db::resume() alone does that: each of two ends what the other has begun.
    *auto_recovery = false;
  }

  void OnErrorRecoveryCompleted(rocksdb::Status /*old_error*/) override {
    change([&] { error_ = rocksdb::Status::OK(); });
  }

  void begin(rocksdb::SequenceNumber flushed) {
    change([&] { flushed_ = flushed; });
  }
  rocksdb::Status error() {
    const std::lock_guard lock(mutex_);
    return error_;
  }
  bool has_flushed(rocksdb::SequenceNumber number) {
    const std::lock_guard lock(mutex_);
    return flushed_ >= number;
  }
  /// Until something happens, but not for longer than that.
  void wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this, seen = changes_] { return changes_ != seen; });
  }

 private:
  template <class F>
  void change(F how) {
    {
      const std::lock_guard lock(mutex_);
      how();
      ++changes_;
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t changes_ = 0;
  rocksdb::SequenceNumber flushed_ = 0;
  rocksdb::Status error_;
};

/// The best of what this build of RocksDB has.
rocksdb::CompressionType compression() {
  for (const auto type : rocksdb::GetSupportedCompressions())
    if (type == rocksdb::kLZ4Compression) return type;
  return rocksdb::kNoCompression;
}

rocksdb::BlockBasedTableOptions table_options(std::uint64_t cache_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(cache_bytes, 4, false, 0.5);
  table.block_size = 32 << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.optimize_filters_for_memory = true;
  // Indexes and filters within the cache's limit: memory stays bounded, however large the store.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  return table;
}

rocksdb::Options db_options(const Db::Options& ours) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(ours.cache_bytes)));
  options.write_buffer_size = ours.memtable_bytes;
  options.max_write_buffer_number = 3;
  options.memtable_prefix_bloom_size_ratio = 0.02;
  options.memtable_whole_key_filtering = true;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = compression();
  options.max_background_jobs = 2;
  // Why all of them: of a table that is not open, a read that may not touch the disk
  // (From::kMemory) says "found" with an empty value (RocksDB 7.8, TableCache::Get). Few files,
  // small readers: their indexes and filters are in the cache.
  options.max_open_files = -1;
  options.max_file_opening_threads = static_cast<int>(ours.open_threads);
  options.bytes_per_sync = 1 << 20;
  options.allow_concurrent_memtable_write = false;
  options.avoid_unnecessary_blocking_io = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log = std::make_shared<EventLogger>();
  options.max_bgerror_resume_count = 0;
  // ~Db flushes, where that can be done.
  options.avoid_flush_during_shutdown = true;
  // Writers are stopped or not, never slowed down: see Db::write().
  options.soft_pending_compaction_bytes_limit = 0;
  options.hard_pending_compaction_bytes_limit = 0;
  options.max_manifest_file_size = 16 << 20;
  return options;
}

}  // namespace

struct Db::Impl {
  Room room;
  std::unique_ptr<rocksdb::Env> env;
  std::shared_ptr<Watch> watch = std::make_shared<Watch>();
  std::unique_ptr<rocksdb::DB> db;
  bool lacks_room = false;  ///< why the last write() failed
  /// RocksDB's Resume(), while it runs.
  std::thread resuming;
  std::future<rocksdb::Status> resumed;

  std::uint64_t number(const std::string& property) const {
    std::uint64_t value = 0;
    db->GetIntProperty(property, &value);
    return value;
  }
  [[nodiscard]] bool has_unflushed() const {
    using Property = rocksdb::DB::Properties;
    return number(Property::kNumEntriesActiveMemTable) + number(Property::kNumEntriesImmMemTables) >
           0;
  }
};

struct Db::Batch::Impl {
  rocksdb::WriteBatch batch;
};

Db::Db(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Db::~Db() {
  if (!impl_->db) return;
  // So that the next start has nothing to replay. If it can't be done, the log has it.
  if (impl_->watch->error().ok() && !impl_->room.is_awaited()) std::ignore = flush();
  impl_->room.end();
  rocksdb::CancelAllBackgroundWork(impl_->db.get(), false);
  if (impl_->resuming.joinable()) impl_->resuming.join();
  impl_->db->Close().PermitUncheckedError();
}

Result<std::unique_ptr<Db>> Db::open(Options options) {
  auto impl = std::make_unique<Impl>();
  impl->env =
      env_that_waits(options.env != nullptr ? *options.env : *rocksdb::Env::Default(), impl->room);
  auto rocks = db_options(options);
  rocks.env = impl->env.get();
  rocks.listeners.push_back(impl->watch);
  // Else it complains of what is not there before it makes it; what is wrong, it says itself.
  rocks.env->CreateDirIfMissing(options.directory).PermitUncheckedError();
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(rocks, options.directory, &db);
  if (!status.ok()) {
    const auto text = status.ToString();
    if (text.find("lock") != std::string::npos && text.find("LOCK") != std::string::npos)
      // It passes when the other one ends, as the copy of a server that is being restarted does.
      return retry_later(
          Words{"another hikyaku uses {0}: stop it, or use its control socket",
                "別の hikyaku が {0} を使用中です。停止するか、その制御ソケットを使ってください"},
          options.directory);
    return error_of(status, "opening");
  }
  impl->db.reset(db);
  impl->watch->begin(db->GetLatestSequenceNumber());
  return std::unique_ptr<Db>(new Db(std::move(impl)));
}

Read<Value> Db::get(std::string_view key, From from) const {
  std::string value;
  const auto status = impl_->db->Get(read_options(from), slice(key), &value);
  if (status.ok()) return Value(std::move(value));
  if (status.IsNotFound()) return Value();
  if (status.IsIncomplete()) return std::nullopt;
  return error_of(status, "reading");
}

Read<std::vector<Value>> Db::get_many(const std::vector<std::string>& keys, From from) const {
  std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  impl_->db->MultiGet(read_options(from), impl_->db->DefaultColumnFamily(), keys.size(),
                      slices.data(), found.data(), statuses.data());
  std::vector<Value> values(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok())
      values[i] = found[i].ToString();
    else if (statuses[i].IsIncomplete())
      return std::nullopt;
    else if (!statuses[i].IsNotFound())
      return error_of(statuses[i], "reading");
  }
  return values;
}

Read<std::vector<KeyValue>> Db::scan(std::string_view begin, std::string_view end,
                                     std::size_t limit, Direction direction, From from) const {
  std::vector<KeyValue> out;
  if (begin >= end || limit == 0) return out;
  auto options = read_options(from);
  const auto lower = slice(begin);
  const auto upper = slice(end);
  options.iterate_lower_bound = &lower;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> at(impl_->db->NewIterator(options));
  const bool forward = direction == Direction::kForward;
  for (forward ? at->SeekToFirst() : at->SeekToLast(); at->Valid() && out.size() < limit;
       forward ? at->Next() : at->Prev())
    out.push_back({at->key().ToString(), at->value().ToString()});
  if (at->status().IsIncomplete()) return std::nullopt;
  if (!at->status().ok()) return error_of(at->status(), "reading");
  return out;
}

Status Db::for_each(std::string_view begin, std::string_view end,
                    const std::function<bool(std::string_view, std::string_view)>& each) const {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const auto lower = slice(begin);
  const auto upper = slice(end);
  options.iterate_lower_bound = &lower;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> at(impl_->db->NewIterator(options));
  for (at->SeekToFirst(); at->Valid(); at->Next())
    if (!each(at->key().ToStringView(), at->value().ToStringView())) return {};
  if (!at->status().ok()) return error_of(at->status(), "reading");
  return {};
}

Result<Value> Db::get_flushed(std::string_view key) const {
  rocksdb::ReadOptions options;
  options.read_tier = rocksdb::kPersistedTier;
  std::string value;
  const auto status = impl_->db->Get(options, slice(key), &value);
  if (status.ok()) return Value(std::move(value));
  if (status.IsNotFound()) return Value();
  return error_of(status, "reading");
}

Db::Batch::Batch() : impl_(std::make_unique<Impl>()) {}
Db::Batch::~Batch() = default;
void Db::Batch::put(std::string_view key, std::string_view value) {
  impl_->batch.Put(slice(key), slice(value)).PermitUncheckedError();
}
void Db::Batch::erase(std::string_view key) {
  impl_->batch.Delete(slice(key)).PermitUncheckedError();
}
Status Db::write(const Batch& batch) {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  // Waiting is done here, where a full disk is seen.
  options.no_slowdown = true;
  for (;;) {
    const auto status = impl_->db->Write(options, &batch.impl_->batch);
    if (status.ok()) return {};
    impl_->lacks_room = status.IsIncomplete() && impl_->room.is_awaited();
    if (impl_->lacks_room) return full("writing");
    if (!status.IsIncomplete()) return error_of(status, "writing");
    impl_->watch->wait(kBehindRetried);
  }
}

Status Db::flush() {
  auto& db = *impl_->db;
  auto& watch = *impl_->watch;
  const auto number = db.GetLatestSequenceNumber();
  if (watch.has_flushed(number)) return {};
  rocksdb::FlushOptions options;
  options.wait = false;
  options.allow_write_stall = true;
  if (const auto status = db.Flush(options); !status.ok()) return error_of(status, "flushing");
  const auto until = std::chrono::steady_clock::now() + kFlushGivenUpAfter;
  while (!watch.has_flushed(number) && impl_->has_unflushed()) {
    if (const auto error = watch.error(); !error.ok()) return error_of(error, "flushing");
    if (impl_->room.is_awaited()) return full("flushing");
    if (std::chrono::steady_clock::now() > until)
      return retry_later("flushing the records takes longer than it should");
    watch.wait(kFlushWatched);
  }
  return {};
}

void Db::wait_for_room() { impl_->room.begin(); }

Status Db::resume() {
  if (impl_->lacks_room) return impl_->room.is_awaited() ? full("going on with") : Status();
  if (!impl_->resuming.joinable()) {
    std::promise<rocksdb::Status> promise;
    impl_->resumed = promise.get_future();
    impl_->resuming = std::thread([db = impl_->db.get(), done = std::move(promise)]() mutable {
      done.set_value(db->Resume());
    });
  }
  const auto until = std::chrono::steady_clock::now() + kResumeGivenUpAfter;
  while (impl_->resumed.wait_for(kFlushWatched) != std::future_status::ready) {
    if (impl_->room.is_awaited()) return full("going on with");
    if (std::chrono::steady_clock::now() > until)
      return retry_later("going on with the records: RocksDB does not answer");
  }
  impl_->resuming.join();
  const auto status = impl_->resumed.get();
  if (!status.ok()) return error_of(status, "going on with");
  return {};
}

}  // namespace hikyaku::store
