// SPDX-License-Identifier: Apache-2.0
#include "port/net/socket_stream.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/assert.h"
#include "port/crypto/tls.h"

namespace hikyaku::net {
namespace {

using Direction = Socket::Direction;
using Interruptible = Socket::Interruptible;
using Outcome = Socket::Outcome;

constexpr std::size_t kPiecesAtOnce = 16;

/// Takes what lies unread: a close would otherwise be a reset, and the peer might lose our last
/// reply with it.
void discard_unread(int fd) {
  std::array<char, 4096> buffer;
  for (int i = 0; i < 16; ++i) {
    if (::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT) <= 0) return;
  }
}

}  // namespace

Deadline after(Duration time) { return std::chrono::steady_clock::now() + time; }

SocketStream::SocketStream(std::shared_ptr<Socket> socket, Endpoint local, Endpoint peer,
                           StreamScopes scopes)
    : socket_(std::move(socket)), peer_(std::move(peer)), local_(std::move(local)) {
  socket_->set_farewell([](void* self) noexcept { static_cast<SocketStream*>(self)->farewell(); },
                        this);
  // Raw pointers fit into std::function itself; a hook does not run after its destructor.
  Socket* const raw = socket_.get();
  if (scopes.closes != nullptr) {
    close_hook_.emplace(*scopes.closes, [raw] { raw->ask(Socket::kClose); });
  }
  if (scopes.drains != nullptr) {
    drain_hook_.emplace(*scopes.drains, [raw] { raw->ask(Socket::kStop); });
  }
}

SocketStream::~SocketStream() {
  socket_->close();
  socket_->set_farewell(nullptr, nullptr);
}

std::unexpected<Error> SocketStream::failed_wait(Outcome outcome, std::string_view doing) const {
  std::string text = std::string(doing) + " " + peer_.text() + ": ";
  if (outcome == Outcome::kTimedOut) return retry_later(text + "timed out");
  return retry_later(text + "the connection was closed on our side");
}

std::unexpected<Error> SocketStream::failed_call(int error_number, std::string_view doing) const {
  auto error = system_error(std::string(doing) + " " + peer_.text(), error_number);
  if (error_number == ECONNRESET || error_number == EPIPE || error_number == ETIMEDOUT) {
    error.error().remedy = Remedy::kClosePeer;
  }
  return error;
}

Task<Result<Ready>> SocketStream::wait_for_input(Deadline deadline, Interruptible interruptible) {
  Direction direction = Direction::kRead;
  for (;;) {
    // Only a whole record that OpenSSL holds makes waiting for the socket wrong.
    if (!established_ || !tls_->has_pending()) {
      const Outcome outcome = co_await socket_->wait(direction, deadline, interruptible);
      if (outcome == Outcome::kWoken) co_return Ready::kWoken;
      if (outcome == Outcome::kStopping) co_return Ready::kStopping;
      if (outcome != Outcome::kReady) co_return failed_wait(outcome, "waiting for");
    }
    if (!established_) {
      if (!socket_->take_doubt(Direction::kRead)) co_return Ready::kInput;
      char octet;
      const auto got = ::recv(socket_->fd(), &octet, 1, MSG_PEEK | MSG_DONTWAIT);
      if (got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) co_return Ready::kInput;
      continue;
    }
    if (!socket_->open()) co_return failed_wait(Outcome::kClosed, "waiting for");
    const Step step = tls_->poll_read();
    // An end or a failure is something to read, too.
    if (step != Step::kWantRead && step != Step::kWantWrite) co_return Ready::kInput;
    direction = step == Step::kWantRead ? Direction::kRead : Direction::kWrite;
  }
}

Task<Status> SocketStream::readable(Deadline deadline) {
  auto ready = co_await wait_for_input(deadline, Interruptible::kNo);
  if (!ready) co_return std::unexpected(std::move(ready).error());
  co_return Status();
}

Task<Result<Ready>> SocketStream::idle(Deadline deadline) {
  return wait_for_input(deadline, Interruptible::kYes);
}

Task<Result<std::size_t>> SocketStream::read_some(std::span<char> buffer, Deadline deadline) {
  HK_ASSERT(!buffer.empty());
  co_await FairTurn(socket_->loop());
  for (;;) {
    if (!socket_->open()) co_return failed_wait(Outcome::kClosed, "reading from");
    Direction direction = Direction::kRead;
    if (established_) {
      const auto io = tls_->read(buffer);
      if (io.step == Step::kDone) co_return io.octets;
      if (io.step == Step::kEnded) co_return 0U;
      if (io.step == Step::kFailed) co_return std::unexpected(tls_->error().in(peer_.text()));
      if (io.step == Step::kWantWrite) direction = Direction::kWrite;
    } else {
      const ssize_t got = ::recv(socket_->fd(), buffer.data(), buffer.size(), 0);
      if (got >= 0) co_return static_cast<std::size_t>(got);
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) co_return failed_call(errno, "reading from");
    }
    const Outcome outcome = co_await socket_->wait(direction, deadline, Interruptible::kNo);
    if (outcome != Outcome::kReady) co_return failed_wait(outcome, "reading from");
  }
}

Task<Status> SocketStream::write(std::string_view octets, Duration patience) {
  if (established_) return write_tls(octets, patience);
  return write_pieces({octets}, patience);
}

Task<Status> SocketStream::write_tls(std::string_view octets, Duration patience) {
  co_await FairTurn(socket_->loop());
  while (!octets.empty()) {
    if (!socket_->open()) co_return failed_wait(Outcome::kClosed, "writing to");
    const auto io = tls_->write(octets);
    if (io.step == Step::kDone) {
      octets.remove_prefix(io.octets);
      continue;
    }
    if (io.step == Step::kEnded || io.step == Step::kFailed) {
      co_return std::unexpected(tls_->error().in(peer_.text()));
    }
    const Direction direction = io.step == Step::kWantRead ? Direction::kRead : Direction::kWrite;
    const Outcome outcome = co_await socket_->wait(direction, after(patience), Interruptible::kNo);
    if (outcome != Outcome::kReady) co_return failed_wait(outcome, "writing to");
  }
  co_return Status();
}

Task<Status> SocketStream::write_pieces(std::vector<std::string_view> pieces, Duration patience) {
  if (established_) {
    for (const auto piece : pieces) HK_CO_TRY(co_await write_tls(piece, patience));
    co_return Status();
  }
  co_await FairTurn(socket_->loop());
  std::size_t first = 0;
  for (;;) {
    while (first < pieces.size() && pieces[first].empty()) ++first;
    if (first == pieces.size()) co_return Status();
    if (!socket_->open()) co_return failed_wait(Outcome::kClosed, "writing to");
    std::array<iovec, kPiecesAtOnce> parts;
    std::size_t count = 0;
    for (std::size_t i = first; i < pieces.size() && count < parts.size(); ++i, ++count) {
      parts[count] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(socket_->fd(), &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) co_return failed_call(errno, "writing to");
      const Outcome outcome =
          co_await socket_->wait(Direction::kWrite, after(patience), Interruptible::kNo);
      if (outcome != Outcome::kReady) co_return failed_wait(outcome, "writing to");
      continue;
    }
    for (auto rest = static_cast<std::size_t>(sent); rest > 0;) {
      const std::size_t taken = std::min(rest, pieces[first].size());
      pieces[first].remove_prefix(taken);
      rest -= taken;
      if (pieces[first].empty()) ++first;
    }
  }
}

Task<Status> SocketStream::handshake(Result<std::unique_ptr<crypto::TlsSession>> session,
                                     Deadline deadline) {
  HK_ASSERT(tls_ == nullptr);
  if (!session) co_return std::unexpected(std::move(session).error());
  tls_ = *std::move(session);
  for (;;) {
    if (!socket_->open()) co_return failed_wait(Outcome::kClosed, "TLS handshake with");
    const Step step = tls_->handshake();
    if (step == Step::kDone) break;
    if (step == Step::kFailed || step == Step::kEnded) {
      co_return std::unexpected(tls_->error().in(peer_.text()));
    }
    const Direction direction = step == Step::kWantRead ? Direction::kRead : Direction::kWrite;
    const Outcome outcome = co_await socket_->wait(direction, deadline, Interruptible::kNo);
    if (outcome != Outcome::kReady) co_return failed_wait(outcome, "TLS handshake with");
  }
  established_ = true;
  co_return Status();
}

Task<Status> SocketStream::accept_tls(const crypto::TlsServer& tls, Deadline deadline) {
  if (!socket_->open()) return handshake(failed_wait(Outcome::kClosed, "TLS with"), deadline);
  return handshake(tls.session(socket_->fd()), deadline);
}

Task<Status> SocketStream::connect_tls(const crypto::TlsClient& tls, std::string host,
                                       Deadline deadline) {
  if (!socket_->open()) return handshake(failed_wait(Outcome::kClosed, "TLS with"), deadline);
  return handshake(tls.session(socket_->fd(), std::move(host)), deadline);
}

std::optional<crypto::TlsInfo> SocketStream::tls() const {
  if (!established_) return std::nullopt;
  return tls_->info();
}

crypto::ChannelBindings SocketStream::channel_bindings() const {
  if (!established_) return {};
  return tls_->channel_bindings();
}

void SocketStream::close() noexcept {
  if (Loop::current() == &socket_->loop()) {
    socket_->close();
  } else {
    socket_->ask(Socket::kClose);
  }
}

void SocketStream::farewell() noexcept {
  if (established_) tls_->say_goodbye();
  ::shutdown(socket_->fd(), SHUT_WR);
  discard_unread(socket_->fd());
}

}  // namespace hikyaku::net
