// SPDX-License-Identifier: Apache-2.0
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/assert.h"
#include "base/event.h"
#include "base/event_keys.h"
#include "port/net/listener.h"
#include "port/net/listener_sockets.h"
#include "port/net/socket.h"
#include "port/net/socket_address.h"
#include "port/net/socket_stream.h"
#include "port/net/timer.h"

namespace hikyaku::net {
namespace {

/// How many connections are taken before the loop's other work gets a turn.
constexpr int kAcceptsAtOnce = 32;
constexpr std::chrono::milliseconds kPauseWithoutDescriptors{200};
constexpr std::chrono::minutes kComplainEvery{1};

struct Serving {
  ServeOptions options;
  Handler handler;
};
using ServingPtr = std::shared_ptr<const Serving>;

void turn_away(const Serving& serving, int fd, const Endpoint& peer,
               ConnectionLimit::Answer answer) {
  event::info("net.turned_away",
              {{event::key::kListener, serving.options.name},
               {event::key::kClient, peer.text()},
               {event::key::kReason, answer == ConnectionLimit::Answer::kFullForAll
                                         ? "too many connections"
                                         : "too many connections from this client"}});
  const std::string& refusal = serving.options.refusal;
  if (!refusal.empty()) {
    ::send(fd, refusal.data(), refusal.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    ::shutdown(fd, SHUT_WR);
  }
  ::close(fd);
}

/// Gives the place back when the session is over.
struct Place {
  ConnectionLimit* limit = nullptr;
  IpAddress client;

  Place(ConnectionLimit* l, IpAddress c) : limit(l), client(c) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  Place(Place&& other) noexcept
      : limit(std::exchange(other.limit, nullptr)), client(other.client) {}
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (limit != nullptr) limit->give_back(client);
  }
};

Task<void> run_session(ServingPtr serving, StreamPtr stream, Place /*place*/) {
  co_await serving->handler(std::move(stream));
}

void begin_session(const ServingPtr& serving, int fd, const Endpoint& peer) {
  const ServeOptions& options = serving->options;
  if (options.limit != nullptr) {
    const auto answer = options.limit->take(peer.address);
    if (answer != ConnectionLimit::Answer::kTaken) return turn_away(*serving, fd, peer, answer);
  }
  Place place(options.limit, peer.address);
  const int on = 1;
  if (peer.path.empty()) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto stream = std::make_unique<SocketStream>(std::make_shared<Socket>(*Loop::current(), fd),
                                               local_endpoint(fd), peer,
                                               StreamScopes{options.sessions, options.accepting});
  options.sessions->spawn(run_session(serving, std::move(stream), std::move(place)));
}

enum class Accepted : unsigned char { kOne, kNone, kTransient, kExhausted, kBroken };

Accepted accept_one(const ServingPtr& serving, int listening) {
  SocketAddress from;
  const int fd = ::accept4(listening, from.raw(), &from.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    begin_session(serving, fd, from.endpoint());
    return Accepted::kOne;
  }
  switch (errno) {
    case EAGAIN: return Accepted::kNone;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return Accepted::kExhausted;
    case EBADF:
    case EINVAL:
    case ENOTSOCK: return Accepted::kBroken;
    default: return Accepted::kTransient;  // accept(2): errors of the connection that was waiting
  }
}

void complain(const Serving& serving, int error_number, SteadyTime& last) {
  const auto now = std::chrono::steady_clock::now();
  if (last != SteadyTime{} && now - last < kComplainEvery) return;
  last = now;
  event::error("net.accept_paused",
               {{event::key::kListener, serving.options.name},
                {event::key::kError, std::strerror(error_number)},
                {event::key::kReason,
                 "clients wait until connections end; raise LimitNOFILE= of the unit, or lower the "
                 "connection limits"}});
}

Task<void> accept_all(ServingPtr serving, int listening) {
  const auto socket = std::make_shared<Socket>(*Loop::current(), listening);
  TaskScope& scope = *serving->options.accepting;
  const TaskScope::StopHook hook(scope, [raw = socket.get()] { raw->ask(Socket::kClose); });
  SteadyTime complained{};
  while (socket->open()) {
    const auto outcome = co_await socket->wait(Socket::Direction::kRead, Deadline::max(),
                                               Socket::Interruptible::kNo);
    if (outcome != Socket::Outcome::kReady) break;
    Accepted accepted = Accepted::kOne;
    for (int i = 0; i < kAcceptsAtOnce && socket->open(); ++i) {
      accepted = accept_one(serving, socket->fd());
      if (accepted == Accepted::kNone || accepted >= Accepted::kExhausted) break;
    }
    if (accepted == Accepted::kBroken) break;
    if (accepted == Accepted::kExhausted) {
      complain(*serving, errno, complained);
      if (!co_await sleep_for(kPauseWithoutDescriptors, &scope)) break;
    }
  }
  socket->close();
}

}  // namespace

void serve(Listener& listener, LoopPool& loops, ServeOptions options, Handler handler) {
  HK_ASSERT(options.accepting != nullptr && options.sessions != nullptr);
  TaskScope& accepting = *options.accepting;
  const auto serving = std::make_shared<const Serving>(std::move(options), std::move(handler));
  auto& descriptors = listener.sockets().descriptors;
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    const int fd = std::exchange(descriptors[i], -1);
    HK_ASSERT(fd >= 0);  // served once
    if (!accepting.spawn_on(loops.loop(i % loops.size()), accept_all(serving, fd))) ::close(fd);
  }
}

}  // namespace hikyaku::net
