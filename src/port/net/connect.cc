// SPDX-License-Identifier: Apache-2.0
#include "port/net/connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>

#include "base/assert.h"
#include "base/system_words.h"
#include "port/net/socket.h"
#include "port/net/socket_address.h"
#include "port/net/socket_stream.h"

namespace hikyaku::net {
namespace {

std::unexpected<Error> failed(const Endpoint& to, int error_number) {
  return retry_later(told(Words{"connecting to {0}: {1}", "{0} への接続: {1}"}, to.text(),
                          system_told(error_number)));
}

Status bind_source(int fd, const IpAddress& source) {
  int on = 1;
  // The port is chosen with the destination, so that it may be used for many of them.
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const SocketAddress address(Endpoint{source, 0, {}});
  if (::bind(fd, address.raw(), address.size) == 0) return {};
  if (errno == EADDRNOTAVAIL) {
    return retry_later(
        Words{
            "this machine has no address {0} to send from; see `ip address`, or correct the "
            "configuration",
            "送信元のアドレス {0} はこのマシンにありません。`ip address` で確認するか、設定を直して"
            "ください"},
        source.text());
  }
  return system_error(errno, Words{"sending from {0}", "{0} からの送信"}, source.text());
}

int pending_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

Task<Result<StreamPtr>> connect(Endpoint to, ConnectOptions options, Deadline deadline) {
  Loop* const loop = Loop::current();
  HK_ASSERT(loop != nullptr);
  const SocketAddress address(to);
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) co_return failed(to, errno);
  const auto socket = std::make_shared<Socket>(*loop, fd);
  if (to.path.empty()) {
    int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (options.source) HK_CO_TRY(bind_source(fd, *options.source));
  }
  std::optional<TaskScope::StopHook> hook;
  if (options.scope != nullptr) {
    hook.emplace(*options.scope, [raw = socket.get()] { raw->ask(Socket::kClose); });
  }
  if (::connect(fd, address.raw(), address.size) != 0) {
    if (errno != EINPROGRESS) co_return failed(to, errno);
    const auto outcome =
        co_await socket->wait(Socket::Direction::kWrite, deadline, Socket::Interruptible::kNo);
    if (outcome == Socket::Outcome::kTimedOut) co_return failed(to, ETIMEDOUT);
    if (outcome != Socket::Outcome::kReady) co_return failed(to, ECANCELED);
    if (const int error = pending_error(fd); error != 0) co_return failed(to, error);
  }
  hook.reset();
  co_return std::make_unique<SocketStream>(socket, local_endpoint(fd), std::move(to),
                                           StreamScopes{options.scope, nullptr});
}

}  // namespace hikyaku::net
