// SPDX-License-Identifier: Apache-2.0
// Goal: a process that is killed at any moment, while it commits and collects segments, loses
// nothing that it acknowledged. HK_STORE_KILLS=N asks for more kills.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "base/task_scope.h"
#include "port/store/testing/engines.h"
#include "port/store/testing/temporary_directory.h"
#include "port/store/testing/workload.h"

namespace hikyaku::store {
namespace {

std::uint64_t kills_asked_for() {
  const char* const text = std::getenv("HK_STORE_KILLS");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20;
}

RocksDbStore::Options busy_options(const std::string& directory) {
  auto options = small_options(directory);
  options.maintenance_interval = std::chrono::milliseconds(1);
  options.segment_bytes = 128 << 10;
  return options;
}

constexpr std::uint64_t kSeed = 7;
constexpr Workload::Sizes kSizes{.window = 8};
constexpr const char* kDirectoryVariable = "HK_STORE_KILL_DIRECTORY";
constexpr int kAcksDescriptor = 3;

/// The child's part: works until it is killed, and writes each step that was acknowledged.
TEST(Kill, DISABLED_Child) {
  const char* const directory = std::getenv(kDirectoryVariable);
  if (directory == nullptr) GTEST_SKIP() << "run by the other test";
  auto store = RocksDbStore::open(busy_options(directory));
  ASSERT_TRUE(store) << store.error().text;
  Workload work(kSeed, kSizes);
  ASSERT_EQ(work.verify(**store, 0), "");
  work.run(**store, UINT64_MAX, [](std::uint64_t step) {
    if (::write(kAcksDescriptor, &step, sizeof(step)) != sizeof(step)) ::_exit(1);
  });
}

/// Why exec: after a mere fork, RocksDB would miss the threads that tests before this one made.
[[noreturn]] void become_child(const std::string& directory, int acks) {
  // A copy has no O_CLOEXEC; when it is the descriptor already, that has to go.
  acks == kAcksDescriptor ? ::fcntl(acks, F_SETFD, 0) : ::dup2(acks, kAcksDescriptor);
  ::setenv(kDirectoryVariable, directory.c_str(), 1);
  ::execl("/proc/self/exe", "store_test", "--gtest_filter=Kill.DISABLED_Child",
          "--gtest_also_run_disabled_tests", "--gtest_brief=1", nullptr);
  ::_exit(1);
}

/// Reads acknowledgements until there were `count`, kills, and reads what was still in the pipe.
std::uint64_t kill_after(pid_t child, int acks, std::uint64_t count) {
  std::uint64_t last = 0;
  std::uint64_t step = 0;
  bool killed = false;
  while (::read(acks, &step, sizeof(step)) == sizeof(step)) {
    last = step;
    if (count > 0) --count;
    if (count == 0 && !killed) killed = ::kill(child, SIGKILL) == 0;
  }
  return last;
}

TEST(Kill, LosesNothingThatWasAcknowledged) {
  // Of which tests this process runs: the child runs one, whichever they are.
  ::unsetenv("GTEST_TOTAL_SHARDS");
  ::unsetenv("GTEST_SHARD_INDEX");
  const TemporaryDirectory place;
  std::mt19937_64 dice(kSeed);
  Workload work(kSeed, kSizes);
  std::uint64_t acknowledged = 0;
  for (std::uint64_t kill = 0; kill < kills_asked_for(); ++kill) {
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      become_child(place.path(), pipe[1]);
    }
    ::close(pipe[1]);
    acknowledged = std::max(acknowledged, kill_after(child, pipe[0], 1 + dice() % 300));
    ::close(pipe[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
    const auto store = RocksDbStore::open(busy_options(place.path()));
    ASSERT_TRUE(store) << store.error().text;
    ASSERT_EQ(work.verify(**store, acknowledged), "") << "kill " << kill;
    acknowledged = work.last_step();
    const auto report = run_sync((*store)->check(nullptr));
    ASSERT_TRUE(report);
    for (const auto& problem : report->problems) FAIL() << problem.what.in(Language::kEnglish);
  }
  // That segments were collected all along: what is kept is little beside what was written.
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place.path() + "/log"))
    bytes += entry.file_size();
  EXPECT_LT(bytes, acknowledged * 3000 / 2);
}

}  // namespace
}  // namespace hikyaku::store
