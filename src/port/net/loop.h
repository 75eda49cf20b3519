// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/executor.h"
#include "base/task.h"

namespace hikyaku::net {

/// An event loop: one thread, its sockets, its deadlines, its work.
///
/// Threads: post() and stop() from any thread, all else from the one that runs it. A coroutine that
/// awaits something of net comes back on the loop that it left.
class Loop final : public Executor {
 public:
  static constexpr std::size_t kReadBufferBytes = 64 * 1024;

  Loop();
  ~Loop() override;

  /// The loop whose thread this is, or nullptr.
  [[nodiscard]] static Loop* current() noexcept;

  void post(Work* chain) noexcept override;

  /// Makes the calling thread the loop's, until stop().
  void run();
  void stop() noexcept;

  /// The buffer that all streams of the loop share. Its octets are good until the next co_await: by
  /// then they must be consumed or copied.
  [[nodiscard]] std::span<char> read_buffer() noexcept;

  struct Impl;  ///< for the files of this folder
  [[nodiscard]] Impl& impl() noexcept { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// Runs a task to its end on a loop of its own, on the calling thread. For tests, the command line
/// and start-up.
void run_on_loop(Task<void> task);
template <class T>
T run_on_loop(Task<T> task) {
  std::optional<T> out;
  auto wrap = [](Task<T> inner, std::optional<T>* result) -> Task<void> {
    result->emplace(co_await std::move(inner));
  };
  run_on_loop(wrap(std::move(task), &out));
  return std::move(*out);
}

/// The I/O threads of the process: one loop per core.
///
/// Threads: made, started and joined by one thread; next() and stop() from any. Before stop() the
/// scopes of all tasks must be joined: a stopped loop resumes nobody.
class LoopPool {
 public:
  /// 0 = as many as the process may use cores.
  explicit LoopPool(std::size_t loops = 0);
  LoopPool(const LoopPool&) = delete;
  LoopPool& operator=(const LoopPool&) = delete;
  ~LoopPool();  ///< stops and joins

  void start();
  void stop() noexcept;
  void join();

  [[nodiscard]] std::size_t size() const { return loops_.size(); }
  [[nodiscard]] Loop& loop(std::size_t i) { return *loops_[i]; }
  /// One after the other, for work that has no loop yet.
  [[nodiscard]] Loop& next() noexcept;

 private:
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> turn_{0};
};

/// Raises the limit of open descriptors to what the system allows, and returns it.
std::size_t raise_descriptor_limit();

}  // namespace hikyaku::net
