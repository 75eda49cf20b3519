// SPDX-License-Identifier: Apache-2.0
// Goal: who writes while the disk is full waits, and then has written each octet once; a start and
// a stop wait for nothing.
#include "port/store/room.h"

#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cerrno>
#include <thread>

#include "port/store/testing/sim_disk.h"
#include "port/store/testing/sim_env.h"

namespace hikyaku::store {
namespace {

using Kind = SimDisk::Kind;
using rocksdb::IOOptions;

class RoomTest : public testing::Test {
 protected:
  RoomTest() : base_(sim_env(disk_)), env_(env_that_waits(*base_, room_)) {
    EXPECT_TRUE(disk_.make_directory("/sim"));
  }
  rocksdb::FileSystem& files() { return *env_->GetFileSystem(); }
  std::unique_ptr<rocksdb::FSWritableFile> create(const std::string& path) {
    std::unique_ptr<rocksdb::FSWritableFile> file;
    EXPECT_TRUE(files().NewWritableFile(path, {}, &file, nullptr).ok());
    return file;
  }
  std::string content(const std::string& path) {
    std::string out;
    EXPECT_TRUE(rocksdb::ReadFileToString(env_.get(), path, &out).ok());
    return out;
  }

  SimDisk disk_;
  Room room_;
  std::shared_ptr<rocksdb::Env> base_;
  std::unique_ptr<rocksdb::Env> env_;
};

TEST_F(RoomTest, EachOctetIsWrittenOnceHoweverOftenTheDiskIsFull) {
  room_.begin();
  const auto file = create("/sim/a");
  std::string all;
  for (std::uint64_t times = 0; times < 6; ++times) {
    disk_.fail({SimDisk::Side::kDb, Kind::kWrite, 1, ENOSPC, times});
    const std::string part(1000 + times, static_cast<char>('a' + times));
    ASSERT_TRUE(file->Append(part, IOOptions(), nullptr).ok());
    EXPECT_EQ(disk_.failed(), times);
    all += part;
    ASSERT_EQ(file->GetFileSize(IOOptions(), nullptr), all.size());
  }
  ASSERT_TRUE(file->Sync(IOOptions(), nullptr).ok());
  EXPECT_EQ(content("/sim/a"), all);
  EXPECT_FALSE(room_.is_awaited());
}

TEST_F(RoomTest, FilesAreMadeAndNamedWhenThereIsRoom) {
  room_.begin();
  disk_.fail({SimDisk::Side::kDb, Kind::kCreate, 1, ENOSPC, 2});
  ASSERT_TRUE(create("/sim/a")->Append("octets", IOOptions(), nullptr).ok());
  EXPECT_EQ(disk_.failed(), 2U);
  disk_.fail({SimDisk::Side::kDb, Kind::kRename, 1, ENOSPC, 2});
  ASSERT_TRUE(files().RenameFile("/sim/a", "/sim/b", IOOptions(), nullptr).ok());
  EXPECT_EQ(disk_.failed(), 2U);
  EXPECT_EQ(content("/sim/b"), "octets");
}

TEST_F(RoomTest, AStartIsTold) {
  const auto file = create("/sim/a");
  disk_.fail({SimDisk::Side::kDb, Kind::kWrite, 1, ENOSPC, SimDisk::kForGood});
  EXPECT_TRUE(file->Append("octets", IOOptions(), nullptr).IsNoSpace());
}

TEST_F(RoomTest, AStopEndsTheWaiting) {
  room_.begin();
  const auto file = create("/sim/a");
  disk_.fail({SimDisk::Side::kDb, Kind::kWrite, 1, ENOSPC, SimDisk::kForGood});
  rocksdb::IOStatus status;
  std::thread writer([&] { status = file->Append("octets", IOOptions(), nullptr); });
  while (!room_.is_awaited()) std::this_thread::yield();
  room_.end();
  writer.join();
  EXPECT_TRUE(status.IsNoSpace());
  EXPECT_FALSE(room_.is_awaited());
}

TEST_F(RoomTest, OtherErrorsAndSyncsAreTold) {
  room_.begin();
  const auto file = create("/sim/a");
  disk_.fail({SimDisk::Side::kDb, Kind::kWrite, 1, EIO, 1});
  const auto status = file->Append("octets", IOOptions(), nullptr);
  EXPECT_TRUE(status.IsIOError() && !status.IsNoSpace());
  disk_.fail({SimDisk::Side::kDb, Kind::kSync, 1, ENOSPC, 1});
  EXPECT_TRUE(file->Sync(IOOptions(), nullptr).IsNoSpace());
}

}  // namespace
}  // namespace hikyaku::store
