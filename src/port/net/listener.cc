// SPDX-License-Identifier: Apache-2.0
#include "port/net/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/assert.h"
#include "base/event.h"
#include "base/event_keys.h"
#include "base/system_words.h"
#include "port/net/listener_sockets.h"
#include "port/net/port_owner.h"
#include "port/net/socket_address.h"

namespace hikyaku::net {
namespace {

enum class Sharing : unsigned char { kAlone, kWithOurs };

std::unexpected<Error> taken(const Endpoint& at) {
  if (!at.path.empty())
    return permanent(
        Words{"can not listen on {0}: another program answers there; stop that one, or choose "
              "another path",
              "{0} で待ち受けできません: 別のプログラムが応答しています。そのプログラムを停止する"
              "か、別のパスを選んでください"},
        at.text());
  const auto owner = port_owner(at.port);
  if (!owner)
    return permanent(
        told(Words{"can not listen on {0}: it is taken; {1}; or choose another port",
                   "{0} で待ち受けできません: 使用中です。{1}。または別のポートを選んで"
                   "ください"},
             at.text(), how_to_free(owner)));
  return permanent(
      told(Words{"can not listen on {0}: it is taken by {1}; {2}; or choose another port",
                 "{0} で待ち受けできません: {1} が使用中です。{2}。または別のポートを選んで"
                 "ください"},
           at.text(), owner->name(), how_to_free(owner)));
}

std::unexpected<Error> no_right(const Endpoint& at) {
  if (!at.path.empty())
    return permanent(
        Words{"can not listen on {0}: no right to make a file there; correct the directory's owner",
              "{0} で待ち受けできません: そこにファイルを作る権限がありません。フォルダーの所有者を"
              "直してください"},
        at.text());
  return permanent(
      Words{"can not listen on {0}: ports under 1024 need root or the capability "
            "CAP_NET_BIND_SERVICE (AmbientCapabilities= in the systemd unit); start it with "
            "systemctl or sudo",
            "{0} で待ち受けできません: 1024 未満のポートには root か CAP_NET_BIND_SERVICE 権限 "
            "(systemd ユニットの AmbientCapabilities=) が必要です。systemctl か sudo で起動して"
            "ください"},
      at.text());
}

std::unexpected<Error> bind_error(const Endpoint& at, int number) {
  switch (number) {
    case EADDRINUSE: return taken(at);
    case EACCES:
    case EPERM: return no_right(at);
    case EADDRNOTAVAIL:
      return permanent(
          Words{"can not listen on {0}: this machine has no such address; see `ip address`, or "
                "listen on all with address = \"::\"",
                "{0} で待ち受けできません: このマシンのアドレスではありません。`ip address` で確認"
                "するか、address = \"::\" ですべてのアドレスを使ってください"},
          at.text());
    case ENOENT:
      return permanent(Words{"can not listen on {0}: the directory does not exist; create it",
                             "{0} で待ち受けできません: フォルダーがありません。作成してください"},
                       at.text());
    default:
      return permanent(told(Words{"can not listen on {0}: {1}", "{0} で待ち受けできません: {1}"},
                            at.text(), system_told(number)));
  }
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Result<int> open_tcp(const Endpoint& at, int backlog, Sharing sharing) {
  const SocketAddress address(at);
  Descriptor fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return bind_error(at, errno);
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.family() == AF_INET6) {
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, at.address == IpAddress::v6({}) ? &off : &on,
                 sizeof on);
  }
  if (sharing == Sharing::kWithOurs) {
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  }
  if (::bind(fd.get(), address.raw(), address.size) != 0 || ::listen(fd.get(), backlog) != 0) {
    return bind_error(at, errno);
  }
  return fd.release();
}

/// A socket's file stays behind when its process was killed: nobody answers there then.
void remove_stale(const std::string& path) {
  struct stat state{};
  if (::lstat(path.c_str(), &state) != 0 || !S_ISSOCK(state.st_mode)) return;
  const SocketAddress address(Endpoint{{}, 0, path});
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (::connect(probe.get(), address.raw(), address.size) != 0 && errno == ECONNREFUSED) {
    ::unlink(path.c_str());
  }
}

Result<int> open_local(const ListenOptions& options) {
  remove_stale(options.at.path);
  const SocketAddress address(options.at);
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return bind_error(options.at, errno);
  // Before bind, so that the file never has more rights than asked for; the umask takes from it.
  ::fchmod(fd.get(), options.mode);
  if (::bind(fd.get(), address.raw(), address.size) != 0) return bind_error(options.at, errno);
  if (::chmod(options.at.path.c_str(), options.mode) != 0 ||
      ::listen(fd.get(), options.backlog) != 0) {
    return bind_error(options.at, errno);
  }
  return fd.release();
}

Status fill_with_copies(std::vector<int>& sockets, std::size_t count) {
  while (sockets.size() < count) {
    const int copy = ::fcntl(sockets.front(), F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
      return system_error(
          errno, Words{"a listening socket for each thread", "スレッドごとの待ち受けソケット"});
    sockets.push_back(copy);
  }
  return {};
}

}  // namespace

Listener::Sockets::~Sockets() {
  for (const int fd : descriptors) {
    if (fd >= 0) ::close(fd);
  }
  if (!path.empty()) ::unlink(path.c_str());
}

Listener::Listener(Endpoint local, std::unique_ptr<Sockets> sockets)
    : local_(std::move(local)), sockets_(std::move(sockets)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::open(ListenOptions options) {
  HK_ASSERT(options.sockets > 0);
  auto sockets = std::make_unique<Sockets>();
  auto& descriptors = sockets->descriptors;
  if (!options.at.path.empty()) {
    HK_ASSIGN(const int fd, open_local(options));
    descriptors.push_back(fd);
    sockets->path = options.at.path;
    HK_TRY(fill_with_copies(descriptors, options.sockets));
    return std::unique_ptr<Listener>(new Listener(options.at, std::move(sockets)));
  }
  // The first one alone: with SO_REUSEPORT a second server of the same user would not be noticed.
  auto probe = open_tcp(options.at, options.backlog, Sharing::kAlone);
  if (!probe && options.at.address == IpAddress::v6({})) {
    Endpoint four{IpAddress::v4({}), options.at.port, {}};
    auto without_ipv6 = open_tcp(four, options.backlog, Sharing::kAlone);
    if (!without_ipv6) return std::unexpected(std::move(probe).error());
    event::warn("net.no_ipv6", {{event::key::kListener, options.at.text()},
                                {event::key::kReason, probe.error().text}});
    options.at = four;
    probe = without_ipv6;
  }
  if (!probe) return std::unexpected(std::move(probe).error());
  options.at.port = local_endpoint(*probe).port;
  ::close(*probe);
  for (std::size_t i = 0; i < options.sockets; ++i) {
    HK_ASSIGN(const int fd, open_tcp(options.at, options.backlog, Sharing::kWithOurs));
    descriptors.push_back(fd);
  }
  return std::unique_ptr<Listener>(new Listener(options.at, std::move(sockets)));
}

Result<std::unique_ptr<Listener>> Listener::adopt(int descriptor, std::size_t sockets) {
  int listens = 0;
  socklen_t size = sizeof listens;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
    return permanent(
        Words{"descriptor {0} that was handed over is no listening socket; see the .socket unit",
              "渡された記述子 {0} は待ち受けソケットではありません。.socket ユニットを確認して"
              "ください"},
        descriptor);
  }
  auto owned = std::make_unique<Sockets>();
  owned->descriptors.push_back(descriptor);
  HK_TRY(fill_with_copies(owned->descriptors, sockets));
  return std::unique_ptr<Listener>(new Listener(local_endpoint(descriptor), std::move(owned)));
}

}  // namespace hikyaku::net
