// SPDX-License-Identifier: Apache-2.0
#include "port/store/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/system_words.h"

namespace hikyaku::store {
namespace {

IoResult<void> done(int rc) {
  if (rc != 0) return std::unexpected(errno);
  return {};
}

class SystemFile final : public File {
 public:
  explicit SystemFile(int fd) : fd_(fd) {}
  ~SystemFile() override { ::close(fd_); }

  IoResult<std::string> read(std::uint64_t offset, std::uint64_t length) override {
    return read_with(offset, length, 0);
  }
  IoResult<std::string> read_cached(std::uint64_t offset, std::uint64_t length) override {
    return read_with(offset, length, RWF_NOWAIT);
  }
  IoResult<void> write(std::uint64_t offset, std::span<const std::string_view> pieces) override;
  IoResult<void> sync() override { return done(::fdatasync(fd_)); }
  void begin_writing_back(std::uint64_t offset, std::uint64_t length) override {
    ::sync_file_range(fd_, static_cast<off_t>(offset), static_cast<off_t>(length),
                      SYNC_FILE_RANGE_WRITE);
  }
  IoResult<void> allocate(std::uint64_t size) override {
    const int rc = ::posix_fallocate(fd_, 0, static_cast<off_t>(size));
    if (rc != 0) return std::unexpected(rc);
    return {};
  }
  IoResult<void> truncate(std::uint64_t size) override {
    return done(::ftruncate(fd_, static_cast<off_t>(size)));
  }
  IoResult<std::uint64_t> size() override {
    struct stat info{};
    if (::fstat(fd_, &info) != 0) return std::unexpected(errno);
    return static_cast<std::uint64_t>(info.st_size);
  }

 private:
  IoResult<std::string> read_with(std::uint64_t offset, std::uint64_t length, int flags);
  int fd_;
};

IoResult<std::string> SystemFile::read_with(std::uint64_t offset, std::uint64_t length, int flags) {
  std::string out(length, '\0');
  std::size_t have = 0;
  while (have < length) {
    iovec piece{out.data() + have, length - have};
    const auto got = ::preadv2(fd_, &piece, 1, static_cast<off_t>(offset + have), flags);
    if (got < 0 && errno == EINTR) continue;
    // Some file systems know no RWF_NOWAIT: then the disk has to be asked.
    if (got < 0) return std::unexpected(errno == EOPNOTSUPP ? EAGAIN : errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

IoResult<void> SystemFile::write(std::uint64_t offset, std::span<const std::string_view> pieces) {
  constexpr std::size_t kPiecesAtOnce = 256;
  std::array<iovec, kPiecesAtOnce> vector{};
  std::size_t skip = 0;  // octets of pieces.front() that are written
  while (!pieces.empty()) {
    const auto count = std::min(pieces.size(), kPiecesAtOnce);
    for (std::size_t i = 0; i < count; ++i) {
      const auto piece = i == 0 ? pieces[i].substr(skip) : pieces[i];
      vector[i] = {const_cast<char*>(piece.data()), piece.size()};
    }
    const auto wrote =
        ::pwritev(fd_, vector.data(), static_cast<int>(count), static_cast<off_t>(offset));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return std::unexpected(errno);
    offset += static_cast<std::uint64_t>(wrote);
    skip += static_cast<std::size_t>(wrote);
    while (!pieces.empty() && skip >= pieces.front().size()) {
      skip -= pieces.front().size();
      pieces = pieces.subspan(1);
    }
  }
  return {};
}

class SystemFiles final : public Files {
 public:
  IoResult<std::unique_ptr<File>> open(const std::string& path, Mode mode) override {
    int flags = O_CLOEXEC | (mode == Mode::kRead ? O_RDONLY : O_RDWR);
    if (mode == Mode::kCreate) flags |= O_CREAT | O_TRUNC;
    const int fd = ::open(path.c_str(), flags, 0600);
    if (fd < 0) return std::unexpected(errno);
    return std::make_unique<SystemFile>(fd);
  }
  IoResult<void> rename(const std::string& from, const std::string& to) override {
    return done(::rename(from.c_str(), to.c_str()));
  }
  IoResult<void> remove(const std::string& path) override { return done(::unlink(path.c_str())); }
  IoResult<std::vector<std::string>> list(const std::string& directory) override;
  IoResult<void> make_directory(const std::string& path) override;
  IoResult<void> sync_directory(const std::string& path) override;
  IoResult<std::uint64_t> free_bytes(const std::string& directory) override {
    struct statvfs info{};
    if (::statvfs(directory.c_str(), &info) != 0) return std::unexpected(errno);
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
  }
};

IoResult<std::vector<std::string>> SystemFiles::list(const std::string& directory) {
  DIR* const dir = ::opendir(directory.c_str());
  if (dir == nullptr) return std::unexpected(errno);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(dir)) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int error = errno;
  ::closedir(dir);
  if (error != 0) return std::unexpected(error);
  return names;
}

IoResult<void> SystemFiles::make_directory(const std::string& path) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const auto part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) return std::unexpected(errno);
    if (slash == std::string::npos) return {};
  }
}

IoResult<void> SystemFiles::sync_directory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return std::unexpected(errno);
  const auto result = done(::fsync(fd));
  ::close(fd);
  return result;
}

}  // namespace

std::unexpected<Error> io_error(std::string_view what, std::string_view path, int error_number) {
  return system_error(error_number,
                      Told::from(fmt::format("{} {}", what, path), std::string(path)));
}

Files& system_files() {
  static SystemFiles files;
  return files;
}

}  // namespace hikyaku::store
