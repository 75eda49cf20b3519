// SPDX-License-Identifier: Apache-2.0
#include "port/net/testing/streams.h"

#include <sys/socket.h>

#include <array>

#include "base/assert.h"
#include "port/net/loop.h"
#include "port/net/socket_stream.h"

namespace hikyaku::net {
namespace {

std::unexpected<Error> broken() { return close_peer("the connection broke (a test broke it)"); }

Task<Status> fail() { co_return broken(); }

}  // namespace

StreamPair stream_pair(TaskScope* sessions, TaskScope* accepting) {
  std::array<int, 2> sockets;
  HK_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets.data()) ==
            0);
  Loop& loop = *Loop::current();
  const auto stream = [&](int fd, StreamScopes scopes) {
    const Endpoint end{.address = {}, .port = 0, .path = "local"};
    return std::make_unique<SocketStream>(std::make_shared<Socket>(loop, fd), end, end, scopes);
  };
  return {stream(sockets[0], {sessions, accepting}), stream(sockets[1], {})};
}

Task<std::string> read_until(Stream* stream, std::string end) {
  std::string out;
  while (out.find(end) == std::string::npos) {
    std::array<char, 1024> buffer;
    const auto got = co_await stream->read_some(buffer, after(std::chrono::seconds(20)));
    if (!got || *got == 0) break;
    out.append(buffer.data(), *got);
  }
  co_return out;
}

bool FaultyStream::fails() {
  failed_ = failed_ || left_ == 0;
  if (failed_) {
    inner_->close();
  } else {
    --left_;
  }
  return failed_;
}

Task<Status> FaultyStream::readable(Deadline deadline) {
  if (fails()) co_return broken();
  co_return co_await inner_->readable(deadline);
}

Task<Result<Ready>> FaultyStream::idle(Deadline deadline) {
  if (fails()) co_return broken();
  co_return co_await inner_->idle(deadline);
}

Task<Result<std::size_t>> FaultyStream::read_some(std::span<char> buffer, Deadline deadline) {
  if (fails()) co_return broken();
  co_return co_await inner_->read_some(buffer, deadline);
}

Task<Status> FaultyStream::write(std::string_view octets, Duration patience) {
  if (fails()) co_return broken();
  co_return co_await inner_->write(octets, patience);
}

Task<Status> FaultyStream::write_pieces(std::vector<std::string_view> pieces, Duration patience) {
  if (fails()) co_return broken();
  co_return co_await inner_->write_pieces(std::move(pieces), patience);
}

Task<Status> FaultyStream::accept_tls(const crypto::TlsServer& tls, Deadline deadline) {
  return fails() ? fail() : inner_->accept_tls(tls, deadline);
}

Task<Status> FaultyStream::connect_tls(const crypto::TlsClient& tls, std::string host,
                                       Deadline deadline) {
  return fails() ? fail() : inner_->connect_tls(tls, std::move(host), deadline);
}

}  // namespace hikyaku::net
