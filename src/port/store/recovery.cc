// SPDX-License-Identifier: Apache-2.0
#include "port/store/recovery.h"

#include <ranges>

#include "base/words.h"
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
  return retry_later(
      Words{"{0} is damaged at octet {1}: commits behind it are whole, so this is no torn end of a "
            "crash; restore the data directory from a backup, or ask for help with a copy",
            "{0} は {1} オクテット目で壊れています。後ろの記録は完全なので、クラッシュによる途切れ"
            "ではありません。データフォルダーをバックアップから戻すか、コピーを取って相談して"
            "ください"},
      segment.path(), offset);
}

class Replay {
 public:
  Replay(Segments& segments, Db& db) : segments_(segments), db_(db) {}

  Result<Recovered> run();

 private:
  Status load(std::uint32_t from);
  Result<std::optional<BatchHeader>> header_at(const Segment& segment, std::uint64_t offset) const;
  Result<std::optional<FoundBatch>> batch_at(const SegmentPtr& segment, std::uint64_t offset,
                                             std::uint64_t sequence) const;
  Result<std::optional<FoundBatch>> find(const SegmentPtr& from, std::uint64_t offset,
                                         std::uint64_t sequence) const;
  Result<bool> has_batch(const Segment& segment, std::uint64_t from, std::uint64_t sequence) const;
  Status nothing_follows(const SegmentPtr& from, std::uint64_t offset,
                         std::uint64_t sequence) const;
  Result<bool> bodies_are_whole(const FoundBatch& batch) const;
  Status make_durable(const FoundBatch& batch) const;
  Status cut_behind(const SegmentPtr& end, std::uint64_t offset);
  Status apply(const FoundBatch& batch);
  Status finish();

  Segments& segments_;
  Db& db_;
  /// A segment for batches, and the sequence of its first one; 0 = there is none.
  struct Log {
    SegmentPtr segment;
    std::uint64_t first = 0;
  };
  std::vector<Log> log_;  ///< from where replay begins, by rising number
  Recovered out_;
};

Status Replay::load(std::uint32_t from) {
  for (auto& segment : segments_.all()) {
    if (segment->kind() != SegmentKind::kBatches || segment->number() < from) continue;
    HK_ASSIGN(const auto header, header_at(*segment, SegmentHeader::kBytes));
    log_.push_back({std::move(segment), header ? header->sequence : 0});
  }
  return {};
}

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

/// The batch with this sequence: at the beginning of a later segment, or at that place. The later
/// one counts: it was written after that place was given up (Committer::give_up).
Result<std::optional<FoundBatch>> Replay::find(const SegmentPtr& from, std::uint64_t offset,
                                               std::uint64_t sequence) const {
  for (const auto& log : std::views::reverse(log_)) {
    if (log.segment->number() <= from->number()) break;
    if (log.first != sequence) continue;
    HK_ASSIGN(auto there, batch_at(log.segment, SegmentHeader::kBytes, sequence));
    if (there) return there;
  }
  return batch_at(from, offset, sequence);
}

/// Whether a batch with that sequence, or a later one, begins there or behind.
Result<bool> Replay::has_batch(const Segment& segment, std::uint64_t from,
                               std::uint64_t sequence) const {
  for (std::uint64_t at = from;; at += kScannedAtOnce) {
    auto octets = segment.file().read(at, kScannedAtOnce + BatchHeader::kBytes);
    if (!octets) return io_error("reading", segment.path(), octets.error());
    const std::string_view window = *octets;
    for (auto magic = window.find(kBatchMagic); magic != std::string_view::npos;
         magic = window.find(kBatchMagic, magic + 1)) {
      const auto header = BatchHeader::decode(window.substr(magic), segment.salt());
      if (header && header->sequence >= sequence) return true;
    }
    if (window.size() <= kScannedAtOnce) return false;
  }
}

/// Where the log ends, before the batch with that sequence, there must be no later one: else
/// something in between was lost. In a later segment that batch itself may lie, torn, but only at
/// the beginning: what is further behind was written when all before it was durable.
Status Replay::nothing_follows(const SegmentPtr& from, std::uint64_t offset,
                               std::uint64_t sequence) const {
  HK_ASSIGN(const bool here, has_batch(*from, offset, sequence + 1));
  if (here) return damaged(*from, offset);
  for (const auto& log : log_) {
    if (log.segment->number() <= from->number()) continue;
    if (log.first > sequence) return damaged(*from, offset);
    HK_ASSIGN(const bool there, has_batch(*log.segment, SegmentHeader::kBytes + 1, sequence));
    if (there) return damaged(*log.segment, SegmentHeader::kBytes);
  }
  return {};
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
  SegmentPtr segment;
  std::uint64_t offset = SegmentHeader::kBytes;
  if (stored) {
    const auto state = LogState::decode(*stored);
    if (!state)
      return retry_later(
          Words{"the records' log position can't be read", "記録にあるログの位置を読めません"});
    out_.last = *state;
    segment = segments_.find(segment_of(state->position));
    offset = offset_of(state->position);
    if (!segment)
      return retry_later(
          Words{
              "segment {0} of the log in {1} is missing: restore the data directory from a backup",
              "{1} のログのセグメント {0} がありません。データフォルダーをバックアップから戻して"
              "ください"},
          segment_of(state->position), segments_.directory());
  }
  HK_TRY(load(segment ? segment->number() : 0));
  if (!segment && !log_.empty()) segment = log_.front().segment;
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
