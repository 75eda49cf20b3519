// SPDX-License-Identifier: Apache-2.0
#include "port/store/recovery.h"

#include <fmt/format.h>

#include "port/store/crc32c.h"

namespace hikyaku::store {
namespace {

constexpr std::uint64_t kScannedAtOnce = 1 << 20;
constexpr std::string_view kBatchMagic = "HKBT";

/// A batch whose header and changes are whole.
struct FoundBatch {
  SegmentPtr segment;
  std::uint64_t offset = 0;
  BatchHeader header;
  std::string changes;
  [[nodiscard]] std::uint64_t end() const { return offset + header.batch_bytes(); }
};

std::unexpected<Error> damaged(const Segment& segment, std::uint64_t offset) {
  return retry_later(fmt::format(
      "{} is damaged at octet {}: commits behind it are whole, so this is no torn end "
      "of a crash; restore the data directory from a backup, or ask for help with a copy",
      segment.path(), offset));
}

class Replay {
 public:
  Replay(Segments& segments, Db& db) : segments_(segments), db_(db) {
    for (auto& segment : segments_.all())
      if (segment->kind() == SegmentKind::kBatches) log_.push_back(std::move(segment));
  }

  Result<Recovered> run();

 private:
  Result<std::optional<BatchHeader>> header_at(const Segment& segment, std::uint64_t offset) const;
  Result<std::optional<FoundBatch>> batch_at(const SegmentPtr& segment, std::uint64_t offset,
                                             std::uint64_t sequence) const;
  Result<std::optional<FoundBatch>> find(const SegmentPtr& from, std::uint64_t offset,
                                         std::uint64_t sequence) const;
  Status nothing_follows(const SegmentPtr& from, std::uint64_t offset,
                         std::uint64_t sequence) const;
  Result<bool> bodies_are_whole(const FoundBatch& batch) const;
  Status make_durable(const FoundBatch& batch) const;
  Status cut_behind(const SegmentPtr& end, std::uint64_t offset);
  Status apply(const FoundBatch& batch);
  Status finish();

  Segments& segments_;
  Db& db_;
  std::vector<SegmentPtr> log_;
  Recovered out_;
};

Result<std::optional<BatchHeader>> Replay::header_at(const Segment& segment,
                                                     std::uint64_t offset) const {
  auto octets = segment.file().read(offset, BatchHeader::kBytes);
  if (!octets) return io_error("reading", segment.path(), octets.error());
  return BatchHeader::decode(*octets, segment.salt());
}

Result<std::optional<FoundBatch>> Replay::batch_at(const SegmentPtr& segment, std::uint64_t offset,
                                                   std::uint64_t sequence) const {
  HK_ASSIGN(const auto header, header_at(*segment, offset));
  if (!header || header->sequence != sequence) return std::nullopt;
  const auto at = offset + BatchHeader::kBytes + header->bodies_length;
  auto changes = segment->file().read(at, header->changes_length);
  if (!changes) return io_error("reading", segment->path(), changes.error());
  if (changes->size() != header->changes_length || crc32c(*changes) != header->changes_crc)
    return std::nullopt;
  return FoundBatch{segment, offset, *header, *std::move(changes)};
}

/// The batch with this sequence: at that place, or at the beginning of a later segment.
Result<std::optional<FoundBatch>> Replay::find(const SegmentPtr& from, std::uint64_t offset,
                                               std::uint64_t sequence) const {
  HK_ASSIGN(auto here, batch_at(from, offset, sequence));
  if (here) return here;
  for (const auto& segment : log_) {
    if (segment->number() <= from->number()) continue;
    HK_ASSIGN(auto there, batch_at(segment, SegmentHeader::kBytes, sequence));
    if (there) return there;
  }
  return std::nullopt;
}

/// Where the log ends there must be no later batch: else something in between was lost.
Status Replay::nothing_follows(const SegmentPtr& from, std::uint64_t offset,
                               std::uint64_t sequence) const {
  for (const auto& segment : log_) {
    if (segment->number() <= from->number()) continue;
    HK_ASSIGN(const auto header, header_at(*segment, SegmentHeader::kBytes));
    if (header && header->sequence > sequence) return damaged(*from, offset);
  }
  for (std::uint64_t at = offset;; at += kScannedAtOnce) {
    auto octets = from->file().read(at, kScannedAtOnce + BatchHeader::kBytes);
    if (!octets) return io_error("reading", from->path(), octets.error());
    const std::string_view window = *octets;
    for (auto magic = window.find(kBatchMagic); magic != std::string_view::npos;
         magic = window.find(kBatchMagic, magic + 1)) {
      const auto header = BatchHeader::decode(window.substr(magic), from->salt());
      if (header && header->sequence > sequence) return damaged(*from, offset);
    }
    if (window.size() <= kScannedAtOnce) return {};
  }
}

Result<bool> Replay::bodies_are_whole(const FoundBatch& batch) const {
  const auto& segment = *batch.segment;
  auto octets = segment.file().read(batch.offset + BatchHeader::kBytes, batch.header.bodies_length);
  if (!octets) return io_error("reading", segment.path(), octets.error());
  std::string_view rest = *octets;
  if (rest.size() != batch.header.bodies_length) return false;
  while (!rest.empty()) {
    const auto header = BodyHeader::decode(rest, segment.salt());
    if (!header || rest.size() - BodyHeader::kBytes < header->length) return false;
    if (crc32c(rest.substr(BodyHeader::kBytes, header->length)) != header->crc) return false;
    rest.remove_prefix(BodyHeader::kBytes + header->length);
  }
  return true;
}

/// The last batch may be in the kernel's memory only, and even be taken for written after a sync
/// that failed. So it is written again before anything builds on it.
Status Replay::make_durable(const FoundBatch& batch) const {
  auto& file = batch.segment->file();
  auto octets = file.read(batch.offset, batch.header.batch_bytes());
  if (!octets) return io_error("reading", batch.segment->path(), octets.error());
  const std::string_view piece = *octets;
  auto done = file.write(batch.offset, {&piece, 1});
  if (done) done = file.sync();
  if (!done) return io_error("writing", batch.segment->path(), done.error());
  return {};
}

/// A torn batch must not be found by the next replay, when another has taken its number.
Status Replay::cut_behind(const SegmentPtr& end, std::uint64_t offset) {
  HK_TRY(nothing_follows(end, offset, out_.last.sequence + 1));
  const auto number = end->number();
  end->used = offset;
  HK_TRY(segments_.seal_durably(*end));
  log_.clear();
  return segments_.remove_batches_after(number);
}

Status Replay::apply(const FoundBatch& batch) {
  Db::Batch changes;
  const bool whole = read_changes(batch.changes, [&changes](const Change& change) {
    change.kind == Change::Kind::kPut ? changes.put(change.key, change.value)
                                      : changes.erase(change.key);
  });
  if (!whole) return damaged(*batch.segment, batch.offset);
  out_.last = {position_of(batch.segment->number(), batch.end()), batch.header.sequence};
  changes.put(kLogStateKey, out_.last.encode());
  ++out_.batches;
  return db_.write(changes);
}

Result<Recovered> Replay::run() {
  HK_ASSIGN(const auto stored, *db_.get(kLogStateKey, Db::From::kAll));
  SegmentPtr segment = log_.empty() ? nullptr : log_.front();
  std::uint64_t offset = SegmentHeader::kBytes;
  if (stored) {
    const auto state = LogState::decode(*stored);
    if (!state) return retry_later("the records' log position can't be read");
    out_.last = *state;
    segment = segments_.find(segment_of(state->position));
    offset = offset_of(state->position);
    if (!segment)
      return retry_later(
          fmt::format("segment {} of the log in {} is missing: restore the data "
                      "directory from a backup",
                      segment_of(state->position), segments_.directory()));
  }
  if (segment) {
    HK_ASSIGN(auto batch, find(segment, offset, out_.last.sequence + 1));
    while (batch) {
      HK_ASSIGN(auto next, find(batch->segment, batch->end(), batch->header.sequence + 1));
      if (!next) {
        HK_ASSIGN(const bool whole, bodies_are_whole(*batch));
        if (!whole) break;
        HK_TRY(make_durable(*batch));
      }
      HK_TRY(apply(*batch));
      segment = batch->segment;
      offset = batch->end();
      batch = std::move(next);
    }
    HK_TRY(cut_behind(segment, offset));
  }
  HK_TRY(finish());
  return out_;
}

/// Numbers that are kept in memory.
Status Replay::finish() {
  if (out_.batches > 0) HK_TRY(db_.flush());
  HK_ASSIGN(const auto next_body, *db_.get(kNextBodyKey, Db::From::kAll));
  if (next_body) out_.next_body = decode_number(*next_body).value_or(1);
  return db_.for_each(kLivePrefix, prefix_end(kLivePrefix),
                      [this](std::string_view key, std::string_view value) {
                        if (const auto segment = segments_.find(segment_of_key(key)))
                          segment->live = decode_number(value).value_or(0);
                        return true;
                      });
}

}  // namespace

Result<Recovered> recover(Segments& segments, Db& db) { return Replay(segments, db).run(); }

}  // namespace hikyaku::store
