// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "port/store/files.h"
#include "port/store/log_format.h"

namespace hikyaku::store {

/// One file of the log. Lives as long as somebody reads it, even when it is removed meanwhile.
class Segment {
 public:
  Segment(SegmentHeader header, std::string path, std::unique_ptr<File> file)
      : header_(header), path_(std::move(path)), file_(std::move(file)) {}

  [[nodiscard]] std::uint32_t number() const { return header_.number; }
  [[nodiscard]] SegmentKind kind() const { return header_.kind; }
  [[nodiscard]] std::uint64_t salt() const { return header_.salt; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] File& file() const { return *file_; }

  /// Syncs if something was written since the last time; waits for a sync that is under way. One
  /// that failed is never tried again: the kernel may have forgotten what it could not write.
  IoResult<void> sync_if_dirty();
  /// Then nothing that is written to it from now on can become durable.
  [[nodiscard]] bool sync_failed() const { return sync_error() != 0; }
  [[nodiscard]] int sync_error() const { return sync_error_.load(); }  ///< errno, or 0
  void mark_dirty() { dirty_.store(true, std::memory_order_release); }

  std::atomic<std::uint64_t> used{SegmentHeader::kBytes};  ///< octets, the header included
  std::atomic<std::uint64_t> live{0};     ///< octets of bodies that are referred to
  std::atomic<std::uint64_t> pins{0};     ///< pieces in it that may be referred to soon
  std::atomic<std::uint64_t> batches{0};  ///< written to it since it was opened
  std::atomic<bool> sealed{false};        ///< nothing is appended any more

 private:
  SegmentHeader header_;
  std::string path_;
  std::unique_ptr<File> file_;
  std::atomic<bool> dirty_{false};
  std::mutex sync_mutex_;
  std::atomic<int> sync_error_{0};
};
using SegmentPtr = std::shared_ptr<Segment>;

/// Keeps a segment from being collected.
class Pin {
 public:
  explicit Pin(SegmentPtr segment) : segment_(std::move(segment)) { segment_->pins.fetch_add(1); }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;
  ~Pin() { segment_->pins.fetch_sub(1); }

 private:
  SegmentPtr segment_;
};

/// The files of the log: NNNNNNNN.log in one directory.
///
/// The next segment for batches is made ahead, with its blocks allocated and written, or from a
/// file that is no longer needed: then fdatasync(2) has no metadata to write, which on a journalled
/// file system halves its cost. While batches are large, blocks are only allocated: the metadata is
/// little beside them, and writing every octet twice is much. Threads: any.
class Segments {
 public:
  struct Limits {
    std::uint64_t segment_bytes = 64 << 20;       ///< of a full-grown segment
    std::uint64_t first_segment_bytes = 4 << 20;  ///< doubled from segment to segment
  };
  Segments(Files& files, std::string directory, Limits limits);

  /// Opens what is there. All of it is sealed.
  Status load();

  [[nodiscard]] SegmentPtr find(std::uint32_t number) const;
  [[nodiscard]] std::vector<SegmentPtr> all() const;  ///< by rising number
  [[nodiscard]] std::uint64_t size_of(const Segment& segment) const;

  /// The segment to go on in: the prepared one, else one that is made now (not pre-written).
  Result<SegmentPtr> next_for_batches();
  /// Makes the next segment for batches, if none is waiting. Slow: may write all its blocks.
  Status prepare();
  Result<SegmentPtr> make_for_pieces();

  /// Seals a segment: gives back what was reserved and not used.
  void seal(Segment& segment);
  /// The same, durably: nothing behind its end is ever found again.
  Status seal_durably(Segment& segment);
  /// Removes, durably, all segments for batches after this one.
  Status remove_batches_after(std::uint32_t number);
  /// Removes a segment that nothing refers to, or keeps its file for prepare().
  Status drop(const SegmentPtr& segment);

  [[nodiscard]] std::uint64_t segment_bytes() const { return limits_.segment_bytes; }
  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  enum class Blocks : unsigned char { kReserved, kWritten };
  /// A file with room, that has no number yet.
  struct Draft {
    std::string path;
    std::unique_ptr<File> file;
  };
  Result<Draft> draft(SegmentKind kind, Blocks blocks);
  Result<SegmentPtr> finish(Draft draft, SegmentKind kind);
  Result<SegmentPtr> make(SegmentKind kind);
  Status fill(File& file, const std::string& path, std::uint64_t bytes, Blocks blocks);
  Result<SegmentPtr> open_one(const std::string& name);
  [[nodiscard]] std::string path_of(std::string_view name) const;
  std::uint64_t grow(SegmentKind kind);

  Files& files_;
  const std::string directory_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::mutex prepare_mutex_;
  /// Held from taking a number to the end, so that segments for batches follow each other by
  /// number.
  std::mutex finish_mutex_;
  std::map<std::uint32_t, SegmentPtr> segments_;
  SegmentPtr prepared_;
  std::string spare_;  ///< path of a file that may be used again; empty = none
  std::uint32_t next_number_ = 1;
  std::uint64_t next_draft_ = 1;
  std::map<SegmentKind, std::uint64_t> next_bytes_;
  std::atomic<std::uint64_t> batch_bytes_{0};  ///< mean of the last segment; 0 = not known
};

}  // namespace hikyaku::store
