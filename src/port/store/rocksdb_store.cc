// SPDX-License-Identifier: Apache-2.0
#include "port/store/rocksdb_store.h"

#include <fmt/format.h>

#include <atomic>
#include <cerrno>

#include "base/codec.h"
#include "base/event.h"
#include "base/event_keys.h"
#include "base/task_scope.h"
#include "port/store/body_reader.h"
#include "port/store/committer.h"
#include "port/store/io_pool.h"
#include "port/store/maintenance.h"
#include "port/store/pieces.h"
#include "port/store/recovery.h"
#include "port/store/store_format.h"

namespace hikyaku::store {
namespace {

/// `read(from)` where it can be answered: here if memory has it, else in the pool.
template <class T, class F>
Task<Result<T>> read_somewhere(IoPool* pool, F read) {
  if (auto quick = read(Db::From::kMemory)) co_return *std::move(quick);
  Executor* const home = Executor::current();
  HK_ASSERT(home != nullptr);
  co_await ResumeOn(*pool);
  auto slow = read(Db::From::kAll);
  co_await ResumeOn(*home);
  co_return *std::move(slow);
}

/// `work()`, which blocks, in the pool.
template <class T, class F>
Task<T> in_pool(IoPool* pool, F work) {
  Executor* const home = Executor::current();
  HK_ASSERT(home != nullptr);
  co_await ResumeOn(*pool);
  auto done = work();
  co_await ResumeOn(*home);
  co_return done;
}

Committer::Options committer_options(const RocksDbStore::Options& options, Bell& bell) {
  Committer::Options out;
  out.directory = options.directory;
  out.reserve_bytes = options.reserve_bytes;
  out.roll_slack_bytes = std::min<std::uint64_t>(1 << 20, options.first_segment_bytes / 8);
  out.on_work = [&bell] { bell.ring(); };
  return out;
}

Maintenance::Options maintenance_options(const RocksDbStore::Options& options) {
  return {options.maintenance_interval, options.replay_bytes_max, options.collect_below_percent,
          options.collect_bytes_per_second};
}

}  // namespace

struct RocksDbStore::Impl {
  Impl(const Options& options, Files& files)
      : segments(files, options.directory + "/log",
                 {options.segment_bytes, options.first_segment_bytes}),
        pieces(segments) {}

  // In the order in which they are made; they end in the other.
  Bell bell;
  std::unique_ptr<Db> db;
  Segments segments;
  Pieces pieces;
  std::atomic<std::uint64_t> next_body{1};
  std::unique_ptr<Committer> committer;
  std::unique_ptr<Maintenance> maintenance;
  std::unique_ptr<IoPool> pool;
};

RocksDbStore::RocksDbStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksDbStore::~RocksDbStore() = default;

Result<std::unique_ptr<RocksDbStore>> RocksDbStore::open(Options options) {
  Files& files = options.files != nullptr ? *options.files : system_files();
  HK_TRY(check_format(files, options.directory));
  auto impl = std::make_unique<Impl>(options, files);
  HK_ASSIGN(impl->db, Db::open({options.directory + "/records", options.cache_bytes,
                                options.memtable_bytes, options.io_threads, options.env}));
  HK_TRY(write_format(files, options.directory));
  HK_TRY(impl->segments.load());
  HK_ASSIGN(const auto recovered, recover(impl->segments, *impl->db));
  impl->db->wait_for_room();
  if (recovered.batches > 0)
    event::info("store.replayed",
                {{event::key::kFile, options.directory}, {event::key::kCount, recovered.batches}});
  impl->next_body = recovered.next_body;
  // Never on in the old one: behind its end may lie what a crash left.
  HK_ASSIGN(auto segment, impl->segments.next_for_batches());
  impl->committer = std::make_unique<Committer>(
      files, *impl->db, impl->segments, committer_options(options, impl->bell), recovered.last,
      std::move(segment), recovered.next_body);
  impl->maintenance = std::make_unique<Maintenance>(*impl->db, impl->segments, *impl->committer,
                                                    impl->bell, maintenance_options(options));
  impl->pool = std::make_unique<IoPool>(options.io_threads);
  return std::unique_ptr<RocksDbStore>(new RocksDbStore(std::move(impl)));
}

Commit RocksDbStore::submit(Txn txn) { return impl_->committer->submit(std::move(txn)); }

Task<Result<bool>> RocksDbStore::resolve(Token token) {
  co_return impl_->committer->happened(token);
}

Task<Result<std::vector<std::optional<std::string>>>> RocksDbStore::get(
    std::vector<std::string> keys) {
  co_return co_await read_somewhere<std::vector<Value>>(
      impl_->pool.get(), [db = impl_->db.get(), &keys](Db::From from) -> Read<std::vector<Value>> {
        if (keys.size() != 1) return db->get_many(keys, from);
        auto value = db->get(keys.front(), from);
        if (!value) return std::nullopt;
        if (!*value) return std::unexpected(std::move(*value).error());
        std::vector<Value> values;
        values.push_back(**std::move(value));
        return values;
      });
}

Task<Result<std::vector<KeyValue>>> RocksDbStore::scan(std::string begin, std::string end,
                                                       std::size_t limit, Direction direction) {
  if (begin < kFirstRecordKey) begin = kFirstRecordKey;
  co_return co_await read_somewhere<std::vector<KeyValue>>(
      impl_->pool.get(), [db = impl_->db.get(), &begin, &end, limit, direction](Db::From from) {
        return db->scan(begin, end, limit, direction, from);
      });
}

Body RocksDbStore::new_body() { return Body(BodyId(impl_->next_body.fetch_add(1))); }

Task<Status> RocksDbStore::spill(Body* body) {
  if (body->tail().empty()) co_return Status{};
  HK_CO_ASSIGN(auto piece, co_await in_pool<Result<Pieces::Piece>>(
                               impl_->pool.get(), [pieces = &impl_->pieces, body] {
                                 return pieces->append(body->id(), body->tail());
                               }));
  body->tail_spilled_to(piece.extent, std::move(piece.pin));
  co_return Status{};
}

Task<Result<std::string>> RocksDbStore::read_body(BodyId body, std::uint64_t offset,
                                                  std::uint64_t length) {
  co_return co_await read_somewhere<std::string>(
      impl_->pool.get(), [impl = impl_.get(), body, offset, length](Db::From from) {
        return store::read_body(*impl->db, impl->segments, body, offset, length, from);
      });
}

Task<Status> RocksDbStore::flush() {
  // An empty transaction is done when all before it are.
  const auto result = co_await submit(Txn());
  if (result.outcome != Outcome::kCommitted) co_return retry_later(result.error);
  co_return co_await in_pool<Status>(impl_->pool.get(),
                                     [db = impl_->db.get()] { return db->flush(); });
}

Task<Result<CheckReport>> RocksDbStore::check(CheckProgress progress) {
  co_return co_await in_pool<Result<CheckReport>>(impl_->pool.get(), [this, &progress] {
    return check_engine(*impl_->db, impl_->segments, progress);
  });
}

Task<Status> RocksDbStore::collect() {
  co_return co_await in_pool<Status>(impl_->pool.get(),
                                     [this] { return impl_->maintenance->run_once(); });
}

}  // namespace hikyaku::store
