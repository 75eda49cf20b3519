// SPDX-License-Identifier: Apache-2.0
#include "port/store/room.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "base/event.h"
#include "base/event_keys.h"

namespace hikyaku::store {

void Room::begin() {
  const std::lock_guard lock(mutex_);
  waits_ = true;
}

void Room::end() {
  {
    const std::lock_guard lock(mutex_);
    waits_ = false;
  }
  ended_.notify_all();
}

void Room::count(int change) {
  const auto before = waiting_.fetch_add(change, std::memory_order_acq_rel);
  if (before == 0)
    event::error("store.records_wait_for_room",
                 {{event::key::kReason,
                   "the disk is full: the records go on by themselves when there is room on it"}});
  else if (before + change == 0)
    event::info("store.records_go_on");
}

Room::Turn::~Turn() {
  if (tried_ > 0) room_.count(-1);
}

bool Room::Turn::wait() {
  constexpr unsigned kLongest = 7;
  std::unique_lock lock(room_.mutex_);
  if (!room_.waits_) return false;
  if (tried_ == 0) room_.count(+1);
  // 1 ms at first, then up to 128.
  const std::chrono::milliseconds time(1U << std::min(tried_++, kLongest));
  return !room_.ended_.wait_for(lock, time, [this] { return !room_.waits_; });
}

namespace {

using rocksdb::DataVerificationInfo;
using rocksdb::FileOptions;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

/// Does it until it is done, or fails for another reason than a full disk.
template <class F>
IOStatus when_there_is_room(Room& room, F attempt) {
  Room::Turn turn(room);
  for (;;) {
    auto status = attempt();
    if (!status.IsNoSpace() || !turn.wait()) return status;
  }
}

class PatientFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  PatientFile(std::unique_ptr<FSWritableFile> file, rocksdb::FileSystem& files, std::string path,
              Room& room)
      : FSWritableFileOwnerWrapper(std::move(file)),
        files_(files),
        path_(std::move(path)),
        room_(room) {}

  IOStatus Append(const Slice& octets, const IOOptions& options, IODebugContext* debug) override {
    const auto begin = target()->GetFileSize(options, debug);
    std::uint64_t done = 0;
    return when_there_is_room(room_, [&] {
      auto rest = octets;
      rest.remove_prefix(done);
      auto status = target()->Append(rest, options, debug);
      if (!status.IsNoSpace()) return status;
      // A part may have found room: the file, which counts whole appends only, is told of it.
      std::uint64_t size = 0;
      if (auto asked = files_.GetFileSize(path_, options, &size, debug); !asked.ok()) return asked;
      if (size < begin || size > begin + octets.size())
        return IOStatus::IOError(path_, "is not as long as what was appended to it");
      if (auto told = target()->Truncate(size, options, debug); !told.ok()) return told;
      done = size - begin;
      return status;
    });
  }
  IOStatus Append(const Slice& octets, const IOOptions& options,
                  const DataVerificationInfo& /*sums*/, IODebugContext* debug) override {
    return Append(octets, options, debug);
  }

 private:
  rocksdb::FileSystem& files_;
  std::string path_;
  Room& room_;
};

class PatientFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  PatientFileSystem(const std::shared_ptr<rocksdb::FileSystem>& files, Room& room)
      : FileSystemWrapper(files), room_(room) {}
  const char* Name() const override { return "PatientFileSystem"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* out, IODebugContext* debug) override {
    auto status = when_there_is_room(
        room_, [&] { return target()->NewWritableFile(path, options, out, debug); });
    if (status.ok()) make_patient(path, out);
    return status;
  }
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& options,
                              std::unique_ptr<FSWritableFile>* out,
                              IODebugContext* debug) override {
    auto status = when_there_is_room(
        room_, [&] { return target()->ReopenWritableFile(path, options, out, debug); });
    if (status.ok()) make_patient(path, out);
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
    return when_there_is_room(room_,
                              [&] { return target()->RenameFile(from, to, options, debug); });
  }

 private:
  void make_patient(const std::string& path, std::unique_ptr<FSWritableFile>* file) {
    *file = std::make_unique<PatientFile>(std::move(*file), *target(), path, room_);
  }

  Room& room_;
};

class PatientEnv final : public rocksdb::EnvWrapper {
 public:
  PatientEnv(rocksdb::Env& base, Room& room) : EnvWrapper(&base) {
    file_system_ = std::make_shared<PatientFileSystem>(base.GetFileSystem(), room);
    system_clock_ = base.GetSystemClock();
  }
  const char* Name() const override { return "PatientEnv"; }
};

}  // namespace

std::unique_ptr<rocksdb::Env> env_that_waits(rocksdb::Env& base, Room& room) {
  return std::make_unique<PatientEnv>(base, room);
}

}  // namespace hikyaku::store
