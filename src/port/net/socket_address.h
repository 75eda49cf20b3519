// SPDX-License-Identifier: Apache-2.0
#pragma once

// For the files of this folder only.

#include <sys/socket.h>

#include "port/net/address.h"

namespace hikyaku::net {

/// An Endpoint in the kernel's form.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  SocketAddress() = default;
  explicit SocketAddress(const Endpoint& endpoint);
  [[nodiscard]] sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] Endpoint endpoint() const;
  [[nodiscard]] int family() const { return storage.ss_family; }
};

[[nodiscard]] Endpoint local_endpoint(int fd);

}  // namespace hikyaku::net
