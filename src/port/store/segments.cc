// SPDX-License-Identifier: Apache-2.0
#include "port/store/segments.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/assert.h"
#include "base/words.h"

namespace hikyaku::store {
namespace {

constexpr std::string_view kSuffix = ".log";
constexpr std::string_view kSpareName = "spare";
constexpr std::uint64_t kSmallestSegmentBytes = 256 << 10;
constexpr std::uint64_t kZerosAtOnce = 1 << 20;
// From here on fdatasync writes so much anyway that the metadata of fresh blocks does not count.
constexpr std::uint64_t kLargeBatchBytes = 64 << 10;

std::uint64_t random_salt() {
  std::uint64_t salt = 0;
  while (::getrandom(&salt, sizeof(salt), 0) != sizeof(salt)) {
  }
  return salt;
}

std::string file_name(std::uint32_t number) { return fmt::format("{:08}{}", number, kSuffix); }

}  // namespace

IoResult<void> Segment::sync_if_dirty() {
  const std::lock_guard lock(sync_mutex_);
  if (sync_failed()) return std::unexpected(sync_error());
  if (!dirty_.exchange(false, std::memory_order_acq_rel)) return {};
  auto synced = file_->sync();
  if (!synced) sync_error_ = synced.error();
  return synced;
}

Segments::Segments(Files& files, std::string directory, Limits limits)
    : files_(files), directory_(std::move(directory)), limits_(limits) {
  HK_ASSERT(limits.first_segment_bytes <= limits.segment_bytes);
}

std::string Segments::path_of(std::string_view name) const {
  return fmt::format("{}/{}", directory_, name);
}

Status Segments::load() {
  if (auto made = files_.make_directory(directory_); !made)
    return io_error("making", directory_, made.error());
  auto names = files_.list(directory_);
  if (!names) return io_error("listing", directory_, names.error());
  for (const auto& name : *names) {
    if (!name.ends_with(kSuffix)) {
      // A spare, or a segment that a crash left half made: nothing refers to either.
      if (auto removed = files_.remove(path_of(name)); !removed)
        return io_error("removing", path_of(name), removed.error());
      continue;
    }
    HK_ASSIGN(auto segment, open_one(name));
    next_number_ = std::max(next_number_, segment->number() + 1);
    next_bytes_[segment->kind()] = std::max(next_bytes_[segment->kind()], segment->used.load());
    segments_.emplace(segment->number(), std::move(segment));
  }
  return {};
}

Result<SegmentPtr> Segments::open_one(const std::string& name) {
  const auto path = path_of(name);
  auto file = files_.open(path, Files::Mode::kWrite);
  if (!file) return io_error("opening", path, file.error());
  auto octets = (*file)->read(0, SegmentHeader::kBytes);
  if (!octets) return io_error("reading", path, octets.error());
  const auto header = SegmentHeader::decode(*octets);
  if (!header || file_name(header->number) != name)
    return retry_later(
        Words{"{0} has no valid header: the file is damaged or from elsewhere; restore the data "
              "directory from a backup",
              "{0} の先頭が正しくありません。壊れているか、よそのファイルです。データフォルダーを"
              "バックアップから戻してください"},
        path);
  auto size = (*file)->size();
  if (!size) return io_error("reading", path, size.error());
  auto segment = std::make_shared<Segment>(*header, path, *std::move(file));
  segment->used = *size;
  segment->sealed = true;
  return segment;
}

SegmentPtr Segments::find(std::uint32_t number) const {
  const std::lock_guard lock(mutex_);
  const auto found = segments_.find(number);
  return found == segments_.end() ? nullptr : found->second;
}

std::vector<SegmentPtr> Segments::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<SegmentPtr> out;
  out.reserve(segments_.size());
  for (const auto& [number, segment] : segments_) out.push_back(segment);
  return out;
}

std::uint64_t Segments::size_of(const Segment& segment) const {
  return segment.file().size().value_or(0);
}

std::uint64_t Segments::grow(SegmentKind kind) {
  const std::lock_guard lock(mutex_);
  auto& next = next_bytes_[kind];
  const auto bytes = std::clamp(next, limits_.first_segment_bytes, limits_.segment_bytes);
  next = bytes * 2;
  return bytes;
}

Status Segments::fill(File& file, const std::string& path, std::uint64_t bytes, Blocks blocks) {
  for (auto got = file.allocate(bytes); !got; got = file.allocate(bytes)) {
    // A small disk that is nearly full still takes a small segment.
    if (got.error() != ENOSPC || bytes / 4 < kSmallestSegmentBytes)
      return io_error("reserving room for", path, got.error());
    bytes /= 4;
  }
  if (blocks == Blocks::kReserved) return {};
  const std::string zeros(std::min(kZerosAtOnce, bytes), '\0');
  for (std::uint64_t at = 0; at < bytes; at += kZerosAtOnce) {
    const std::string_view piece(zeros.data(), std::min(kZerosAtOnce, bytes - at));
    if (auto wrote = file.write(at, {&piece, 1}); !wrote)
      return io_error("writing", path, wrote.error());
    file.begin_writing_back(at, piece.size());
  }
  return {};
}

Result<Segments::Draft> Segments::draft(SegmentKind kind, Blocks blocks) {
  std::string spare;
  Draft draft;
  {
    const std::lock_guard lock(mutex_);
    draft.path = path_of(fmt::format("draft{}", next_draft_++));
    if (kind == SegmentKind::kBatches) spare.swap(spare_);
  }
  const bool again = !spare.empty() && files_.rename(spare, draft.path).has_value();
  // Synced, so that after a power cut the file is not found under its old name with new octets.
  if (again)
    if (auto synced = files_.sync_directory(directory_); !synced) {
      std::ignore = files_.remove(draft.path);
      return io_error("syncing", directory_, synced.error());
    }
  auto file = files_.open(draft.path, again ? Files::Mode::kWrite : Files::Mode::kCreate);
  if (!file) return io_error("making", draft.path, file.error());
  draft.file = *std::move(file);
  if (again) return draft;
  if (auto filled = fill(*draft.file, draft.path, grow(kind), blocks); !filled) {
    std::ignore = files_.remove(draft.path);
    return std::unexpected(filled.error());
  }
  return draft;
}

Result<SegmentPtr> Segments::finish(Draft draft, SegmentKind kind) {
  SegmentHeader header{kind, 0, random_salt()};
  {
    const std::lock_guard lock(mutex_);
    header.number = next_number_++;
  }
  const auto path = path_of(file_name(header.number));
  const auto octets = header.encode();
  const std::string_view piece = octets;
  auto ready = draft.file->write(0, {&piece, 1});
  if (ready) ready = draft.file->sync();
  if (ready) ready = files_.rename(draft.path, path);
  if (ready) ready = files_.sync_directory(directory_);
  if (!ready) {
    // It has the one name or the other.
    std::ignore = files_.remove(draft.path);
    std::ignore = files_.remove(path);
    return io_error("making", path, ready.error());
  }
  return std::make_shared<Segment>(header, path, std::move(draft.file));
}

Result<SegmentPtr> Segments::make(SegmentKind kind) {
  HK_ASSIGN(auto made, draft(kind, Blocks::kReserved));
  HK_ASSIGN(auto segment, finish(std::move(made), kind));
  const std::lock_guard lock(mutex_);
  segments_.emplace(segment->number(), segment);
  return segment;
}

Result<SegmentPtr> Segments::next_for_batches() {
  const std::lock_guard in_order(finish_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (prepared_) {
      segments_.emplace(prepared_->number(), prepared_);
      return std::exchange(prepared_, nullptr);
    }
  }
  return make(SegmentKind::kBatches);
}

Status Segments::prepare() {
  const std::lock_guard one_at_a_time(prepare_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (prepared_) return {};
  }
  const auto blocks = batch_bytes_.load() < kLargeBatchBytes ? Blocks::kWritten : Blocks::kReserved;
  HK_ASSIGN(auto made, draft(SegmentKind::kBatches, blocks));
  const std::lock_guard in_order(finish_mutex_);
  HK_ASSIGN(auto segment, finish(std::move(made), SegmentKind::kBatches));
  const std::lock_guard lock(mutex_);
  prepared_ = std::move(segment);
  return {};
}

Result<SegmentPtr> Segments::make_for_pieces() { return make(SegmentKind::kPieces); }

void Segments::seal(Segment& segment) {
  if (const auto batches = segment.batches.load(); batches != 0)
    batch_bytes_.store(segment.used.load() / batches);
  // What stays reserved when this fails is given back when the segment is collected.
  std::ignore = segment.file().truncate(segment.used.load());
  segment.sealed.store(true, std::memory_order_release);
}

Status Segments::seal_durably(Segment& segment) {
  auto done = segment.file().truncate(segment.used.load());
  if (done) done = segment.file().sync();
  if (!done) return io_error("cutting", segment.path(), done.error());
  segment.sealed.store(true, std::memory_order_release);
  return {};
}

Status Segments::remove_batches_after(std::uint32_t number) {
  bool removed = false;
  for (auto& place : all()) {
    const SegmentPtr segment = std::move(place);
    if (segment->kind() != SegmentKind::kBatches || segment->number() <= number) continue;
    HK_TRY(drop(segment));
    removed = true;
  }
  if (!removed) return {};
  if (auto synced = files_.sync_directory(directory_); !synced)
    return io_error("syncing", directory_, synced.error());
  return {};
}

Status Segments::drop(const SegmentPtr& segment) {
  bool keep = false;
  {
    const std::lock_guard lock(mutex_);
    segments_.erase(segment->number());
    // Ours is the only reference: nobody reads it, and nobody can come to.
    keep = segment.use_count() == 1 && segment->kind() == SegmentKind::kBatches && spare_.empty() &&
           segment->used.load() * 4 >= limits_.segment_bytes * 3;
  }
  if (keep) {
    const auto spare = path_of(kSpareName);
    if (files_.rename(segment->path(), spare)) {
      const std::lock_guard lock(mutex_);
      spare_ = spare;
      return {};
    }
  }
  if (auto removed = files_.remove(segment->path()); !removed)
    return io_error("removing", segment->path(), removed.error());
  return {};
}

}  // namespace hikyaku::store
