// SPDX-License-Identifier: Apache-2.0
#include "port/store/maintenance.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>

#include "base/event.h"
#include "base/event_keys.h"
#include "base/task_scope.h"
#include "port/store/segment_walk.h"

namespace hikyaku::store {
namespace {

constexpr std::size_t kReapedAtOnce = 256;
constexpr std::size_t kMovedAtOnce = 256;
constexpr std::uint64_t kMovedBytesAtOnce = 1 << 20;
constexpr std::size_t kSmallSegmentsMax = 16;

Task<CommitResult> wait_for(Commit commit) { co_return co_await std::move(commit); }

}  // namespace

void Bell::ring() {
  {
    const std::lock_guard lock(mutex_);
    rung_ = true;
  }
  changed_.notify_all();
}

void Bell::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

bool Bell::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void Bell::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return stopped_ || rung_; });
  rung_ = false;
}

bool Bell::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return stopped_; });
}

Maintenance::Maintenance(Db& db, Segments& segments, Committer& committer, Bell& bell,
                         Options options)
    : db_(db),
      segments_(segments),
      committer_(committer),
      bell_(bell),
      options_(options),
      pieces_(segments),
      thread_([this] { loop(); }) {}

Maintenance::~Maintenance() {
  bell_.stop();
  thread_.join();
}

void Maintenance::loop() {
  pthread_setname_np(pthread_self(), "hk-store-keep");
  std::string last_error;
  while (!bell_.stopped()) {
    std::string error;
    if (auto done = run_once(); !done) error = done.error().text;
    // Said once, not every second.
    if (!error.empty() && error != last_error && !bell_.stopped())
      event::warn("store.maintenance_failed", {{event::key::kError, error}});
    last_error = std::move(error);
    bell_.wait(options_.interval);
  }
}

Status Maintenance::commit(OwnWork work) {
  auto result = run_sync(wait_for(committer_.submit_own(std::move(work))));
  if (result.outcome != Outcome::kCommitted) return retry_later(std::move(result.error));
  return {};
}

Status Maintenance::run_once() {
  const std::lock_guard one_at_a_time(round_mutex_);
  // A full disk keeps us from preparing, and is no reason not to collect.
  const auto prepared = segments_.prepare();
  HK_TRY(reap());
  HK_TRY(bound_replay());
  HK_TRY(collect());
  return prepared;
}

Status Maintenance::reap() {
  // From where the last ones were: before it lie the marks of all that was erased since the last
  // flush, and reading over them each time would cost more than all else. What is suspected behind
  // us meanwhile is for the next round.
  std::string from(kSuspectPrefix);
  while (!bell_.stopped()) {
    const auto suspects = db_.scan(from, prefix_end(kSuspectPrefix), kReapedAtOnce,
                                   Direction::kForward, Db::From::kAll);
    HK_TRY(*suspects);
    if (!(*suspects)->empty()) from = (*suspects)->back().key + '\0';
    OwnWork work;
    for (const auto& suspect : **suspects)
      if (const auto body = body_of_key(suspect.key)) work.reap.push_back(*body);
    if (work.reap.empty()) return {};
    HK_TRY(commit(std::move(work)));
  }
  return {};
}

Result<Position> Maintenance::flushed_position() const {
  HK_ASSIGN(const auto value, db_.get_flushed(kLogStateKey));
  const auto state = value ? LogState::decode(*value) : std::nullopt;
  return state ? state->position : 0;
}

Status Maintenance::bound_replay() {
  HK_ASSIGN(const auto flushed, flushed_position());
  std::uint64_t behind = 0;
  for (const auto& segment : segments_.all()) {
    if (segment->kind() != SegmentKind::kBatches || segment->number() < segment_of(flushed))
      continue;
    behind += segment->used.load();
    if (segment->number() == segment_of(flushed)) behind -= offset_of(flushed);
  }
  if (behind > options_.replay_bytes_max) return db_.flush();
  return {};
}

bool Maintenance::worth_collecting(const Segment& segment, bool many_small) const {
  if (!segment.sealed.load() || segment.pins.load() != 0 || stuck_.contains(segment.number()))
    return false;
  const auto used = segment.used.load();
  if (segment.live.load() * 100 < used * options_.collect_below_percent) return true;
  return many_small && used < segments_.segment_bytes() / 8;
}

Status Maintenance::collect() {
  auto all = segments_.all();
  const auto small = std::ranges::count_if(all, [this](const SegmentPtr& segment) {
    return segment->sealed.load() && segment->used.load() < segments_.segment_bytes() / 8;
  });
  const bool many_small = static_cast<std::size_t>(small) > kSmallSegmentsMax;
  HK_ASSIGN(auto flushed, flushed_position());
  bool flushed_now = false;
  for (auto& place : all) {
    // The only reference but that of readers: drop() can tell whether there are any.
    const SegmentPtr segment = std::move(place);
    if (bell_.stopped()) return {};
    if (!worth_collecting(*segment, many_small)) continue;
    if (segment->kind() == SegmentKind::kBatches && segment->number() >= segment_of(flushed)) {
      const bool applied = segment->number() < segment_of(committer_.position());
      if (!applied || flushed_now) continue;
      HK_TRY(db_.flush());
      HK_ASSIGN(flushed, flushed_position());
      flushed_now = true;
      if (segment->number() >= segment_of(flushed)) continue;
    }
    HK_TRY(collect_one(segment));
  }
  return {};
}

Status Maintenance::collect_one(const SegmentPtr& segment) {
  moving_.clear();
  moving_bytes_ = 0;
  pins_.clear();
  if (segment->live.load() != 0) {
    HK_TRY(walk_bodies(*segment, [&](Position position, const BodyHeader& body) -> Status {
      if (bell_.stopped()) return retry_later("stopping");
      return move_body(*segment, position, body.id);
    }));
    HK_TRY(commit_moves());
  }
  if (segment->live.load() != 0) HK_TRY(move_by_locations(*segment));
  if (segment->live.load() != 0) {
    stuck_.insert(segment->number());
    return retry_later(
        fmt::format("{} can't be collected: something in it is damaged; run "
                    "`hikyaku store check`",
                    segment->path()));
  }
  OwnWork work;
  work.forgotten.push_back(segment->number());
  HK_TRY(commit(std::move(work)));
  event::debug("store.segment_collected",
               {{event::key::kFile, segment->path()}, {event::key::kBytes, segment->used.load()}});
  return segments_.drop(segment);
}

/// Copies what lies at that position, if the body's location leads there.
Status Maintenance::move_body(const Segment& segment, Position position, BodyId body) {
  auto found = moving_.find(body);
  if (found == moving_.end()) {
    HK_ASSIGN(auto octets, *db_.get(location_key(body), Db::From::kAll));
    auto location = octets ? Location::decode(*octets) : std::nullopt;
    if (!location || std::ranges::find(location->extents, position, &Body::Extent::position) ==
                         location->extents.end())
      return {};
    found = moving_.emplace(body, Moving{*std::move(octets), *std::move(location)}).first;
  }
  auto& extents = found->second.to.extents;
  const auto extent = std::ranges::find(extents, position, &Body::Extent::position);
  if (extent == extents.end()) return {};
  const auto octets = read_extent(segment, *extent);
  if (!octets) {
    event::error("store.body_damaged", {{event::key::kError, octets.error().text}});
    return {};
  }
  HK_ASSIGN(auto piece, pieces_.append(body, *octets));
  moving_bytes_ += extent->length;
  *extent = piece.extent;
  pins_.push_back(std::move(piece.pin));
  if (moving_bytes_ < kMovedBytesAtOnce && moving_.size() < kMovedAtOnce) return {};
  return commit_moves();
}

/// For what a walk did not find, since a header is damaged: asks the records, all of them.
Status Maintenance::move_by_locations(const Segment& segment) {
  std::vector<std::pair<BodyId, Position>> here;
  HK_TRY(db_.for_each(kLocationPrefix, prefix_end(kLocationPrefix),
                      [&](std::string_view key, std::string_view value) {
                        const auto location = Location::decode(value);
                        if (!location) return true;
                        for (const auto& extent : location->extents)
                          if (segment_of(extent.position) == segment.number())
                            here.emplace_back(body_of_key(key).value_or(BodyId{}), extent.position);
                        return true;
                      }));
  for (const auto& [body, position] : here) HK_TRY(move_body(segment, position, body));
  return commit_moves();
}

Status Maintenance::commit_moves() {
  if (moving_.empty()) return {};
  OwnWork work;
  for (const auto& [body, moving] : moving_)
    work.moves.push_back({body, moving.from, moving.to.encode()});
  const auto bytes = std::exchange(moving_bytes_, 0);
  moving_.clear();
  const auto pins = std::exchange(pins_, {});
  // Here, so that the commits of others need not wait for it.
  for (const auto& move : work.moves)
    for (const auto& extent : Location::decode(move.to)->extents)
      if (const auto segment = segments_.find(segment_of(extent.position)))
        if (auto synced = segment->sync_if_dirty(); !synced)
          return io_error("syncing", segment->path(), synced.error());
  HK_TRY(commit(std::move(work)));
  if (!bell_.pause(std::chrono::milliseconds(bytes * 1000 / options_.bytes_per_second)))
    return retry_later("stopping");
  return {};
}

}  // namespace hikyaku::store
