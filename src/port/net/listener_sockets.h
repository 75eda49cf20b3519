// SPDX-License-Identifier: Apache-2.0
#pragma once

// For the files of this folder only.

#include <string>
#include <vector>

#include "port/net/listener.h"

namespace hikyaku::net {

struct Listener::Sockets {
  std::vector<int> descriptors;  ///< -1 where serve() took it
  std::string path;              ///< of a local socket's file, removed at the end

  Sockets() = default;
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;
  ~Sockets();
};

}  // namespace hikyaku::net
