// SPDX-License-Identifier: Apache-2.0
#include "port/net/socket_address.h"

#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "base/assert.h"

namespace hikyaku::net {

SocketAddress::SocketAddress(const Endpoint& endpoint) {
  if (!endpoint.path.empty()) {
    auto& local = reinterpret_cast<sockaddr_un&>(storage);
    HK_ASSERT(endpoint.path.size() < sizeof local.sun_path);
    local.sun_family = AF_UNIX;
    std::memcpy(local.sun_path, endpoint.path.data(), endpoint.path.size());
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + endpoint.path.size() + 1);
  } else if (endpoint.address.is_v4()) {
    auto& four = reinterpret_cast<sockaddr_in&>(storage);
    four.sin_family = AF_INET;
    four.sin_port = htons(endpoint.port);
    std::memcpy(&four.sin_addr, endpoint.address.octets().data(), 4);
    size = sizeof four;
  } else {
    auto& six = reinterpret_cast<sockaddr_in6&>(storage);
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(endpoint.port);
    std::memcpy(&six.sin6_addr, endpoint.address.octets().data(), 16);
    size = sizeof six;
  }
}

Endpoint SocketAddress::endpoint() const {
  Endpoint out;
  if (family() == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(storage);
    std::array<std::uint8_t, 4> octets;
    std::memcpy(octets.data(), &four.sin_addr, octets.size());
    out.address = IpAddress::v4(octets);
    out.port = ntohs(four.sin_port);
  } else if (family() == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(storage);
    std::array<std::uint8_t, 16> octets;
    std::memcpy(octets.data(), &six.sin6_addr, octets.size());
    out.address = IpAddress::v6(octets);
    out.port = ntohs(six.sin6_port);
  } else {
    const auto& local = reinterpret_cast<const sockaddr_un&>(storage);
    const std::size_t given = size - std::min<std::size_t>(size, offsetof(sockaddr_un, sun_path));
    // The caller's end of a local socket has no name.
    out.path = given == 0 || local.sun_path[0] == '\0'
                   ? std::string("local")
                   : std::string(local.sun_path, ::strnlen(local.sun_path, given));
  }
  return out;
}

Endpoint local_endpoint(int fd) {
  SocketAddress address;
  if (::getsockname(fd, address.raw(), &address.size) != 0) return {};
  return address.endpoint();
}

}  // namespace hikyaku::net
