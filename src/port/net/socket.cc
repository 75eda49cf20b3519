// SPDX-License-Identifier: Apache-2.0
#include "port/net/socket.h"

#include "base/assert.h"

namespace hikyaku::net {

Socket::Socket(Loop& loop, int descriptor)
    : loop_(loop), descriptor_(loop.impl().context, descriptor) {
  asio_error ignored;
  descriptor_.non_blocking(true, ignored);
  for (Side* side : {&read_, &write_}) {
    side->socket = this;
    side->expired = [](DeadlineNode* node) noexcept {
      auto* expired = static_cast<Side*>(node);
      expired->socket->on_expired(*expired);
    };
  }
  request_work_.run = [](Work* work) noexcept {
    const std::shared_ptr<Socket> self = std::move(static_cast<RequestWork*>(work)->keep);
    self->on_requests();
  };
}

Socket::~Socket() {
  HK_ASSERT(!read_.handle && !write_.handle);
  close();
}

void Socket::start(Direction direction, std::coroutine_handle<> handle, Deadline deadline,
                   Interruptible interruptible) {
  Side& waiter = side(direction);
  HK_ASSERT(Loop::current() == &loop_);
  HK_ASSERT(!waiter.handle);  // one reader, one writer
  loop_.impl().inline_operations = 0;
  waiter.handle = handle;
  waiter.deadline = deadline;
  waiter.interruptible = interruptible;
  waiter.outcome = Outcome::kPending;
  // A node that fires earlier looks at the deadline and goes back in (on_expired).
  if (deadline != Deadline::max() && (!waiter.waiting() || waiter.at > deadline)) {
    loop_.impl().deadlines.set(waiter, deadline);
    loop_.impl().arm();
  }
  if (!waiter.armed) arm(direction);
}

void Socket::arm(Direction direction) {
  side(direction).armed = true;
  descriptor_.async_wait(direction == Direction::kRead ? asio::posix::descriptor_base::wait_read
                                                       : asio::posix::descriptor_base::wait_write,
                         [self = shared_from_this(), direction](asio_error error) {
                           if (!error) self->on_ready(direction);
                         });
}

void Socket::on_ready(Direction direction) noexcept {
  Side& waiter = side(direction);
  waiter.armed = false;
  if (waiter.handle) {
    finish(waiter, Outcome::kReady);
  } else {
    waiter.told = true;
    waiter.doubtful = true;
  }
}

void Socket::on_expired(Side& waiter) noexcept {
  if (!waiter.handle) return;
  if (waiter.deadline > std::chrono::steady_clock::now()) {
    loop_.impl().deadlines.set(waiter, waiter.deadline);  // the loop arms its alarm afterwards
    return;
  }
  const auto keep = shared_from_this();
  finish(waiter, Outcome::kTimedOut);
}

void Socket::finish(Side& waiter, Outcome outcome) noexcept {
  waiter.outcome = outcome;
  if (outcome != Outcome::kReady) waiter.doubtful = waiter.armed;
  std::exchange(waiter.handle, nullptr).resume();
}

void Socket::ask(Request request) noexcept {
  if (requests_.fetch_or(request, std::memory_order_acq_rel) != 0) return;  // it will be seen
  request_work_.keep = shared_from_this();
  loop_.post(&request_work_);
}

void Socket::on_requests() noexcept {
  const unsigned char requests = requests_.exchange(0, std::memory_order_acq_rel);
  if ((requests & kClose) != 0) {
    close();
    return;
  }
  if ((requests & kStop) != 0) {
    stopping_ = true;
    interrupt(Outcome::kStopping);
  }
  if ((requests & kWake) != 0) {
    woken_ = true;
    interrupt(Outcome::kWoken);
  }
}

void Socket::interrupt(Outcome outcome) noexcept {
  if (!read_.handle || read_.interruptible == Interruptible::kNo) return;
  if (outcome == Outcome::kWoken) woken_ = false;
  finish(read_, outcome);
}

void Socket::close() noexcept {
  if (!descriptor_.is_open()) return;
  if (farewell_ != nullptr) farewell_(farewell_argument_);
  asio_error ignored;
  descriptor_.close(ignored);
  for (Side* waiter : {&read_, &write_}) {
    loop_.impl().deadlines.remove(*waiter);
    if (!waiter->handle) continue;
    waiter->outcome = Outcome::kClosed;
    waiter->resume.handle = std::exchange(waiter->handle, nullptr);
    loop_.post(&waiter->resume);
  }
}

bool Socket::Wait::await_ready() noexcept {
  Side& waiter = socket.side(direction);
  if (!socket.open()) {
    early = Outcome::kClosed;
  } else if (interruptible == Interruptible::kYes && socket.stopping_) {
    early = Outcome::kStopping;
  } else if (interruptible == Interruptible::kYes && socket.woken_) {
    socket.woken_ = false;
    early = Outcome::kWoken;
  } else if (waiter.told) {
    waiter.told = false;
    early = Outcome::kReady;
  }
  return early != Outcome::kPending;
}

Socket::Outcome Socket::Wait::await_resume() noexcept {
  return early != Outcome::kPending ? early : socket.side(direction).outcome;
}

}  // namespace hikyaku::net
