// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace hikyaku::store {

/// A value, or the errno of the operating system: the log decides by it what to do.
template <class T>
using IoResult = std::expected<T, int>;

/// The error for people: "writing /var/lib/…/00000007.log: No space left on device".
[[nodiscard]] std::unexpected<Error> io_error(std::string_view what, std::string_view path,
                                              int error_number);

/// An open file of the log. Threads: any; several may read and write different parts at once.
class File {
 public:
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  virtual ~File() = default;

  /// Up to `length` octets; fewer only at the end of the file.
  virtual IoResult<std::string> read(std::uint64_t offset, std::uint64_t length) = 0;
  /// The same, if memory has all of it; EAGAIN if the disk had to be asked.
  virtual IoResult<std::string> read_cached(std::uint64_t offset, std::uint64_t length) = 0;
  /// All pieces, one after the other. After an error any part may have been written.
  virtual IoResult<void> write(std::uint64_t offset, std::span<const std::string_view> pieces) = 0;
  /// What was written before is on the disk (fdatasync). After an error nothing is known.
  virtual IoResult<void> sync() = 0;
  /// Begins to write back what was written, without waiting: the next sync() has less to do.
  virtual void begin_writing_back(std::uint64_t offset, std::uint64_t length) = 0;
  /// Reserves room, so that writes below `size` don't meet a full disk. The file gets that size.
  virtual IoResult<void> allocate(std::uint64_t size) = 0;
  virtual IoResult<void> truncate(std::uint64_t size) = 0;
  virtual IoResult<std::uint64_t> size() = 0;
};

/// The file system below the log: the seam where tests put faults and power cuts.
class Files {
 public:
  Files() = default;
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  virtual ~Files() = default;

  enum class Mode : unsigned char { kRead, kWrite, kCreate };
  virtual IoResult<std::unique_ptr<File>> open(const std::string& path, Mode mode) = 0;
  virtual IoResult<void> rename(const std::string& from, const std::string& to) = 0;
  virtual IoResult<void> remove(const std::string& path) = 0;
  /// Names in a directory, in no order.
  virtual IoResult<std::vector<std::string>> list(const std::string& directory) = 0;
  /// Makes a directory with its parents; no error when it is there.
  virtual IoResult<void> make_directory(const std::string& path) = 0;
  /// Files made, renamed and removed in it stay so.
  virtual IoResult<void> sync_directory(const std::string& path) = 0;
  /// Room that is left for us.
  virtual IoResult<std::uint64_t> free_bytes(const std::string& directory) = 0;
};

/// The machine's files.
[[nodiscard]] Files& system_files();

}  // namespace hikyaku::store
