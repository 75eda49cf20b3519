// SPDX-License-Identifier: Apache-2.0
// How many 4 KiB messages a second become durable, with 1, 20 and 200 at a time, beside what the
// disk itself can: one fdatasync after the other of the same octets into a file that is written
// already.
//     store_store_bench DIR [SECONDS]
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "base/task_scope.h"
#include "port/store/files.h"
#include "port/store/rocksdb_store.h"

namespace {

using namespace hikyaku;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMessageOctets = 4096;
constexpr std::uint64_t kFileBytes = 64 << 20;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Writes of `group` messages with a sync each; messages a second.
double disk_limit(const std::string& directory, std::size_t group, double seconds) {
  auto file = *store::system_files().open(directory + "/limit", store::Files::Mode::kCreate);
  const std::string zeros(1 << 20, '\0');
  const std::string_view piece = zeros;
  for (std::uint64_t at = 0; at < kFileBytes; at += zeros.size())
    if (!file->write(at, {&piece, 1})) return 0;
  if (!file->sync()) return 0;
  const std::string octets(kMessageOctets * group, 'x');
  const std::string_view what = octets;
  const auto begin = Clock::now();
  std::uint64_t messages = 0;
  for (std::uint64_t at = 0; seconds_since(begin) < seconds; at += octets.size()) {
    if (at + octets.size() > kFileBytes) at = 0;
    if (!file->write(at, {&what, 1}) || !file->sync()) return 0;
    messages += group;
  }
  const auto rate = static_cast<double>(messages) / seconds_since(begin);
  std::filesystem::remove(directory + "/limit");
  return rate;
}

/// One client: a body and what a message has of records, again and again.
Task<void> client(store::Store* store, std::size_t number, Clock::time_point end,
                  std::uint64_t* committed) {
  const std::string octets(kMessageOctets, static_cast<char>('a' + number % 26));
  for (std::uint64_t i = 0; Clock::now() < end; ++i) {
    auto body = store->new_body();
    const auto id = body.id();
    body.append(octets);
    const auto key = fmt::format("{:06}{:010}", number, i);
    store::Txn txn;
    txn.with(std::move(body)).link(id, "M" + key).put("M" + key, std::string(300, 'm'));
    txn.put("T" + key, std::string(200, 't')).put("C" + key, std::string(30, 'c'));
    txn.add(fmt::format("A{:06}", number), 1).put(fmt::format("B{:06}", number), key);
    if ((co_await store->submit(std::move(txn))).outcome != store::Outcome::kCommitted) co_return;
    ++*committed;
  }
}

Task<void> run_clients(store::Store* store, std::size_t count, double seconds,
                       std::uint64_t* committed) {
  TaskScope scope;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(seconds));
  for (std::size_t i = 0; i < count; ++i) scope.spawn(client(store, i, end, committed));
  co_await scope.join();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: {} DIRECTORY [SECONDS]\n", argv[0]);
    return 2;
  }
  const std::string directory = std::string(argv[1]) + "/hikyaku-store-bench";
  const double seconds = argc > 2 ? std::strtod(argv[2], nullptr) : 5;
  std::filesystem::create_directories(directory);
  fmt::print("{:>8} {:>12} {:>12} {:>10} {:>14}\n", "waiters", "messages/s", "disk/s", "of disk",
             "CPU us/message");
  for (const std::size_t waiters : {std::size_t{1}, std::size_t{20}, std::size_t{200}}) {
    const auto limit = disk_limit(directory, waiters, seconds / 2);
    store::RocksDbStore::Options options;
    options.directory = directory + "/store";
    options.first_segment_bytes = options.segment_bytes;
    std::uint64_t committed = 0;
    {
      auto opened = store::RocksDbStore::open(options);
      if (!opened) {
        fmt::print(stderr, "{}\n", opened.error().text);
        return 1;
      }
      const auto cpu = cpu_seconds();
      const auto begin = Clock::now();
      run_sync(run_clients(opened->get(), waiters, seconds, &committed));
      const auto rate = static_cast<double>(committed) / seconds_since(begin);
      fmt::print("{:>8} {:>12.0f} {:>12.0f} {:>9.0f}% {:>14.0f}\n", waiters, rate, limit,
                 100 * rate / limit, 1e6 * (cpu_seconds() - cpu) / static_cast<double>(committed));
    }
    std::filesystem::remove_all(options.directory);
  }
  std::filesystem::remove_all(directory);
  return 0;
}
