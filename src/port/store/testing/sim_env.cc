// SPDX-License-Identifier: Apache-2.0
#include "port/store/testing/sim_env.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hikyaku::store {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
constexpr auto kSide = SimDisk::Side::kDb;

IOStatus status_of(int error, const std::string& what) {
  if (error == ENOENT) return IOStatus::PathNotFound(what);
  if (error == ENOSPC) return IOStatus::NoSpace(what);
  return IOStatus::IOError(what, std::strerror(error));
}
template <class T>
IOStatus status_of(const IoResult<T>& result, const std::string& what) {
  return result ? IOStatus::OK() : status_of(result.error(), what);
}

/// RocksDB writes some paths with two slashes.
std::string clean(const std::string& path) {
  std::string out;
  for (const char c : path)
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

struct OpenNode {
  SimDisk& disk;
  SimDisk::NodePtr node;
  std::string path;

  IOStatus read(std::uint64_t offset, std::size_t n, Slice* result, char* scratch) const {
    const auto octets = disk.read(kSide, *node, offset, n);
    if (!octets) return status_of(octets, path);
    std::memcpy(scratch, octets->data(), octets->size());
    *result = Slice(scratch, octets->size());
    return IOStatus::OK();
  }
};

class Sequential final : public rocksdb::FSSequentialFile {
 public:
  explicit Sequential(OpenNode file) : file_(std::move(file)) {}
  IOStatus Read(size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) override {
    auto status = file_.read(at_, n, result, scratch);
    if (status.ok()) at_ += result->size();
    return status;
  }
  IOStatus Skip(uint64_t n) override {
    at_ += n;
    return IOStatus::OK();
  }

 private:
  OpenNode file_;
  std::uint64_t at_ = 0;
};

class RandomAccess final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccess(OpenNode file) : file_(std::move(file)) {}
  IOStatus Read(uint64_t offset, size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    return file_.read(offset, n, result, scratch);
  }

 private:
  OpenNode file_;
};

class Writable final : public rocksdb::FSWritableFile {
 public:
  explicit Writable(OpenNode file) : file_(std::move(file)) {}
  using rocksdb::FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    return status_of(file_.disk.append(kSide, *file_.node, data.ToStringView()), file_.path);
  }
  IOStatus Truncate(uint64_t size, const IOOptions&, IODebugContext*) override {
    return status_of(file_.disk.resize(kSide, *file_.node, size), file_.path);
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return status_of(file_.disk.sync(kSide, *file_.node), file_.path);
  }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    return file_.disk.size(*file_.node);
  }

 private:
  OpenNode file_;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(SimDisk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return status_of(disk_.sync_directory(kSide, path_), path_);
  }

 private:
  SimDisk& disk_;
  std::string path_;
};

class Lock final : public rocksdb::FileLock {
 public:
  explicit Lock(std::string name) : path(std::move(name)) {}
  std::string path;
};

class Silence final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

class FileSystem final : public rocksdb::FileSystem {
 public:
  explicit FileSystem(SimDisk& disk) : disk_(disk) {}
  const char* Name() const override { return "SimDisk"; }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* out,
                             IODebugContext*) override {
    return open<Sequential>(path, Files::Mode::kRead, out);
  }
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* out,
                               IODebugContext*) override {
    return open<RandomAccess>(path, Files::Mode::kRead, out);
  }
  IOStatus NewWritableFile(const std::string& path, const FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* out,
                           IODebugContext*) override {
    return open<Writable>(path, Files::Mode::kCreate, out);
  }
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions&,
                              std::unique_ptr<rocksdb::FSWritableFile>* out,
                              IODebugContext*) override {
    return open<Writable>(path, Files::Mode::kWrite, out);
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* out, IODebugContext*) override {
    *out = std::make_unique<Directory>(disk_, clean(path));
    return IOStatus::OK();
  }
  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
    return disk_.exists(clean(path)) ? IOStatus::OK() : IOStatus::NotFound(path);
  }
  IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* out,
                       IODebugContext*) override {
    auto names = disk_.list(clean(path));
    if (!names) return status_of(names, path);
    *out = *std::move(names);
    return IOStatus::OK();
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    return status_of(disk_.remove(kSide, clean(path)), path);
  }
  IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return status_of(disk_.make_directory(clean(path)), path);
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions&, IODebugContext*) override {
    return status_of(disk_.make_directory(clean(path)), path);
  }
  IOStatus DeleteDir(const std::string&, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions&, uint64_t* size,
                       IODebugContext*) override {
    const auto node = disk_.open_node(kSide, clean(path), Files::Mode::kRead);
    if (node) *size = disk_.size(**node);
    return status_of(node, path);
  }
  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, uint64_t* time,
                                   IODebugContext*) override {
    *time = 0;
    return IOStatus::OK();
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return status_of(disk_.rename(kSide, clean(from), clean(to)), from);
  }
  IOStatus LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** out,
                    IODebugContext*) override {
    if (!disk_.lock(path)) return IOStatus::IOError("lock " + path, "LOCK is held");
    *out = new Lock(path);
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    const std::unique_ptr<Lock> held(static_cast<Lock*>(lock));
    disk_.unlock(held->path);
    return IOStatus::OK();
  }
  IOStatus GetTestDirectory(const IOOptions&, std::string* path, IODebugContext*) override {
    *path = "/sim";
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* out,
                           IODebugContext*) override {
    *out = path;
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is,
                       IODebugContext*) override {
    *is = !disk_.open_node(kSide, clean(path), Files::Mode::kRead).has_value();
    return IOStatus::OK();
  }
  IOStatus NewLogger(const std::string&, const IOOptions&, std::shared_ptr<rocksdb::Logger>* out,
                     IODebugContext*) override {
    *out = std::make_shared<Silence>();
    return IOStatus::OK();
  }

 private:
  template <class T, class Out>
  IOStatus open(const std::string& path, Files::Mode mode, Out* out) {
    auto node = disk_.open_node(kSide, clean(path), mode);
    if (!node) return status_of(node, path);
    *out = std::make_unique<T>(OpenNode{disk_, *std::move(node), clean(path)});
    return IOStatus::OK();
  }
  SimDisk& disk_;
};

/// RocksDB sleeps a second after an error in the background, and its end waits for that.
class QuickClock final : public rocksdb::SystemClockWrapper {
 public:
  QuickClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "QuickClock"; }
  void SleepForMicroseconds(int micros) override {
    SystemClockWrapper::SleepForMicroseconds(std::min(micros, 1000));
  }
};

class SimEnv final : public rocksdb::EnvWrapper {
 public:
  explicit SimEnv(const std::shared_ptr<rocksdb::FileSystem>& files)
      : EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    file_system_ = files;
    system_clock_ = std::make_shared<QuickClock>();
  }
  const char* Name() const override { return "SimEnv"; }
};

}  // namespace

std::shared_ptr<rocksdb::Env> sim_env(SimDisk& disk) {
  return std::make_shared<SimEnv>(std::make_shared<FileSystem>(disk));
}

}  // namespace hikyaku::store
