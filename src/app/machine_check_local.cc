// SPDX-License-Identifier: Apache-2.0
// What the machine says of itself.
#include <ifaddrs.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "app/machine_check.h"
#include "base/system_words.h"
#include "port/net/port_owner.h"

namespace hikyaku::app {
namespace {

using Port = PortFact::State;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress socket_address(const net::IpAddress& address, std::uint16_t port) {
  SocketAddress out;
  if (address.is_v4()) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    std::memcpy(&four.sin_addr, address.octets().data(), sizeof four.sin_addr);
    std::memcpy(&out.storage, &four, sizeof four);
    out.size = sizeof four;
  } else {
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    std::memcpy(&six.sin6_addr, address.octets().data(), sizeof six.sin6_addr);
    std::memcpy(&out.storage, &six, sizeof six);
    out.size = sizeof six;
  }
  return out;
}

enum class Act : unsigned char { kBind, kConnect };

/// Binds or connects a socket for a moment; 0 or errno.
int try_socket(Act act, const net::IpAddress& address, std::uint16_t port) {
  const auto to = socket_address(address, port);
  const int fd = ::socket(to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  const int on = 1;
  const int only_six = address == net::IpAddress::v6({}) ? 0 : 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!address.is_v4()) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_six, sizeof only_six);
  // With SO_REUSEADDR only a socket that listens is in the way, and it shows at listen().
  const int done = act == Act::kConnect                 ? ::connect(fd, to.raw(), to.size)
                   : ::bind(fd, to.raw(), to.size) == 0 ? ::listen(fd, 1)
                                                        : -1;
  const int why = done == 0 ? 0 : errno;
  ::close(fd);
  return why;
}

void note_owner(PortFact& out) {
  const auto owner = net::port_owner(out.port);
  out.state = Port::kTaken;
  if (owner) out.detail = owner->name();
  out.remedy = net::how_to_free(owner);
}

PortFact try_port(const config::Listener& listener) {
  PortFact out{.protocol = std::string(config::name_of(listener.protocol)), .port = listener.port};
  auto address = net::IpAddress::parse(listener.address).value_or(net::IpAddress::v6({}));
  int why = try_socket(Act::kBind, address, listener.port);
  if ((why == EAFNOSUPPORT || why == EADDRNOTAVAIL) && address == net::IpAddress::v6({})) {
    address = net::IpAddress::v4({});  // a machine without IPv6
    why = try_socket(Act::kBind, address, listener.port);
  }
  if (why == EADDRINUSE) {
    note_owner(out);
  } else if (why == EACCES || why == EPERM) {
    // Somebody may have it all the same: this machine's own address answers at once.
    const bool any = address == net::IpAddress::v4({}) || address == net::IpAddress::v6({});
    const auto own = any ? net::IpAddress::v4({127, 0, 0, 1}) : address;
    out.state = Port::kNoRight;
    if (try_socket(Act::kConnect, own, listener.port) == 0) note_owner(out);
  } else if (why != 0) {
    out.state = Port::kFailed;
    out.detail = system_told(why);
  }
  return out;
}

std::vector<net::IpAddress> public_addresses() {
  std::vector<net::IpAddress> out;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) == 0) {
    for (const auto* at = all; at != nullptr; at = at->ifa_next) {
      if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET) continue;
      sockaddr_in four{};
      std::memcpy(&four, at->ifa_addr, sizeof four);
      std::array<std::uint8_t, 4> octets{};
      std::memcpy(octets.data(), &four.sin_addr, sizeof octets);
      out.push_back(net::IpAddress::v4(octets));
    }
    ::freeifaddrs(all);
  }
  std::ifstream table("/proc/net/if_inet6");
  const std::string text{std::istreambuf_iterator<char>(table), {}};
  std::ranges::copy(lasting_ipv6(text), std::back_inserter(out));
  std::erase_if(out, [](const auto& address) { return !is_public(address); });
  std::ranges::sort(out, [](const auto& a, const auto& b) {
    return std::pair(!a.is_v4(), a) < std::pair(!b.is_v4(), b);
  });
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

MachineFacts::Clock ask_clock() {
  timex state{};
  const int got = ::adjtimex(&state);
  if (got < 0) return MachineFacts::Clock::kUnknown;
  return got == TIME_ERROR || (state.status & STA_UNSYNC) != 0 ? MachineFacts::Clock::kLoose
                                                               : MachineFacts::Clock::kKept;
}

MachineFacts::User ask_user(const config::Config& config) {
  // Not root, it stays who it is.
  if (::geteuid() != 0) return MachineFacts::User::kThere;
  if (config.server.user == "root") return MachineFacts::User::kRoot;
  return ::getpwnam(config.server.user.c_str()) != nullptr ? MachineFacts::User::kThere
                                                           : MachineFacts::User::kMissing;
}

}  // namespace

MachineFacts ask_machine(const config::Config& config, MachineFacts::Server server) {
  MachineFacts out;
  out.addresses = public_addresses();
  out.server = server;
  for (const auto& listener : config.listeners) {
    if (!listener.path.empty()) continue;
    if (server == MachineFacts::Server::kRuns)
      out.ports.push_back(
          {.protocol = std::string(config::name_of(listener.protocol)), .port = listener.port});
    else
      out.ports.push_back(try_port(listener));
  }
  out.clock = ask_clock();
  out.now = SystemClock().now();
  struct statvfs disk{};
  if (::statvfs(config.server.data.c_str(), &disk) == 0) {
    out.disk_octets = disk.f_blocks * disk.f_frsize;
    out.disk_free_octets = disk.f_bavail * disk.f_frsize;
  }
  out.user = ask_user(config);
  return out;
}

}  // namespace hikyaku::app
