// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task_scope.h"
#include "port/net/limits.h"
#include "port/net/loop.h"
#include "port/net/stream.h"

namespace hikyaku::net {

struct ListenOptions {
  Endpoint at;              ///< "::" takes IPv4 too; port 0 = any free one
  std::size_t sockets = 1;  ///< one per loop (SO_REUSEPORT)
  unsigned mode = 0660;     ///< of a local socket's file
  int backlog = 1024;
};

/// Bound sockets that nobody accepts from yet: opened with the rights of the start.
///
/// Errors: kPermanent, with the process that has the port, or what right is missing. Threads: one
/// owner.
class Listener {
 public:
  static Result<std::unique_ptr<Listener>> open(ListenOptions options);
  /// A listening socket that another process bound (systemd's LISTEN_FDS).
  static Result<std::unique_ptr<Listener>> adopt(int descriptor, std::size_t sockets);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();  ///< closes what was not served, removes a local socket's file

  /// With the port that was taken.
  [[nodiscard]] const Endpoint& local() const { return local_; }

  struct Sockets;  ///< for the files of this folder
  [[nodiscard]] Sockets& sockets() { return *sockets_; }

 private:
  Listener(Endpoint local, std::unique_ptr<Sockets> sockets);
  Endpoint local_;
  std::unique_ptr<Sockets> sockets_;
};

struct ServeOptions {
  std::string name;  ///< of the listener, for events: "submission"
  /// Stopping it begins a graceful stop: no more is accepted, and idle() of the accepted streams
  /// gives kStopping. Its join() tells that the sockets are closed.
  TaskScope* accepting = nullptr;
  /// Holds one task per connection. Stopping it closes them all.
  TaskScope* sessions = nullptr;
  ConnectionLimit* limit = nullptr;  ///< nullptr = none
  /// Sent, when it needs no waiting, to a client that the limit turns away ("421 …\r\n"). Empty
  /// where the client expects TLS.
  std::string refusal;
};

using Handler = std::function<Task<void>(StreamPtr)>;

/// Accepts on every loop of the pool; each connection's handler runs on the loop that accepted it.
/// When descriptors run out it waits a moment, and says so once. The listener must outlive
/// `accepting`.
void serve(Listener& listener, LoopPool& loops, ServeOptions options, Handler handler);

}  // namespace hikyaku::net
