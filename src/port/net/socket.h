// SPDX-License-Identifier: Apache-2.0
#pragma once

// For the files of this folder only.

#include <atomic>
#include <coroutine>
#include <memory>

#include "base/executor.h"
#include "port/net/asio.h"
#include "port/net/deadline_heap.h"
#include "port/net/loop.h"
#include "port/net/loop_impl.h"
#include "port/net/stream.h"

namespace hikyaku::net {

/// A file descriptor on a loop, and whoever waits for it: one reader, one writer.
///
/// A wait that ends early (deadline, wake-up) leaves the kernel's registration where it is, and the
/// next wait takes it over: so nothing is ever cancelled but by close().
/// Threads: the loop's, but ask(), which any thread may call.
class Socket : public std::enable_shared_from_this<Socket> {
 public:
  enum class Direction : unsigned char { kRead, kWrite };
  enum class Outcome : unsigned char { kPending, kReady, kTimedOut, kClosed, kWoken, kStopping };
  enum class Interruptible : unsigned char { kNo, kYes };
  /// What other threads ask for; bits.
  enum Request : unsigned char { kWake = 1, kStop = 2, kClose = 4 };

  /// Owns the descriptor, which becomes non-blocking.
  Socket(Loop& loop, int descriptor);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  struct Wait;
  /// Waits until the descriptor is ready; Deadline::max() = for ever.
  Wait wait(Direction direction, Deadline deadline, Interruptible interruptible);

  /// Whether the last kReady may be of octets that were read since: the registration was an older
  /// wait's.
  [[nodiscard]] bool take_doubt(Direction direction) noexcept {
    return std::exchange(side(direction).doubtful, false);
  }

  /// Any thread.
  void ask(Request request) noexcept;

  /// Closes the descriptor; whoever waits gets kClosed, after this returned.
  void close() noexcept;
  /// Called once, before the descriptor is closed.
  void set_farewell(void (*farewell)(void*) noexcept, void* argument) {
    farewell_ = farewell;
    farewell_argument_ = argument;
  }

  [[nodiscard]] bool open() const { return descriptor_.is_open(); }
  [[nodiscard]] int fd() { return descriptor_.native_handle(); }
  [[nodiscard]] bool stopping() const { return stopping_; }
  [[nodiscard]] Loop& loop() { return loop_; }

 private:
  /// One direction's waiting coroutine.
  struct Side : DeadlineNode {
    Socket* socket = nullptr;
    std::coroutine_handle<> handle;
    Deadline deadline{};
    ResumeWork resume;  ///< for kClosed
    Outcome outcome = Outcome::kPending;
    Interruptible interruptible = Interruptible::kNo;
    bool armed = false;  ///< the kernel will tell
    bool told = false;   ///< it told when nobody waited
    bool doubtful = false;
  };

  Side& side(Direction direction) { return direction == Direction::kRead ? read_ : write_; }
  void start(Direction direction, std::coroutine_handle<> handle, Deadline deadline,
             Interruptible interruptible);
  void arm(Direction direction);
  void on_ready(Direction direction) noexcept;
  void on_expired(Side& side) noexcept;
  void on_requests() noexcept;
  static void finish(Side& side, Outcome outcome) noexcept;
  void interrupt(Outcome outcome) noexcept;

  struct RequestWork : Work {
    std::shared_ptr<Socket> keep;
  };

  Loop& loop_;
  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> descriptor_;
  Side read_;
  Side write_;
  void (*farewell_)(void*) noexcept = nullptr;
  void* farewell_argument_ = nullptr;
  RequestWork request_work_;
  std::atomic<unsigned char> requests_{0};
  bool woken_ = false;
  bool stopping_ = false;
};

struct Socket::Wait {
  Socket& socket;
  Direction direction;
  Deadline deadline;
  Interruptible interruptible;
  Outcome early = Outcome::kPending;

  bool await_ready() noexcept;
  void await_suspend(std::coroutine_handle<> h) {
    socket.start(direction, h, deadline, interruptible);
  }
  Outcome await_resume() noexcept;
};

inline Socket::Wait Socket::wait(Direction direction, Deadline deadline,
                                 Interruptible interruptible) {
  return Wait{*this, direction, deadline, interruptible};
}

}  // namespace hikyaku::net
