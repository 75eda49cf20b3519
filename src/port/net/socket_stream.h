// SPDX-License-Identifier: Apache-2.0
#pragma once

// For the files of this folder only.

#include <memory>
#include <optional>

#include "base/task_scope.h"
#include "port/crypto/tls_session.h"
#include "port/net/socket.h"
#include "port/net/stream.h"

struct iovec;

namespace hikyaku::net {

/// Which stops concern a stream. Both scopes outlive it.
struct StreamScopes {
  TaskScope* closes = nullptr;  ///< its stop closes the stream
  TaskScope* drains = nullptr;  ///< its stop ends idle()
};

/// Stream over a Socket, plain or with OpenSSL on the same descriptor.
class SocketStream final : public Stream {
 public:
  SocketStream(std::shared_ptr<Socket> socket, Endpoint local, Endpoint peer, StreamScopes scopes);
  ~SocketStream() override;

  Task<Status> readable(Deadline deadline) override;
  Task<Result<Ready>> idle(Deadline deadline) override;
  void wake() noexcept override { socket_->ask(Socket::kWake); }
  Task<Result<std::size_t>> read_some(std::span<char> buffer, Deadline deadline) override;
  Task<Status> write(std::string_view octets, Duration patience) override;
  Task<Status> write_pieces(std::vector<std::string_view> pieces, Duration patience) override;
  Task<Status> accept_tls(const crypto::TlsServer& tls, Deadline deadline) override;
  Task<Status> connect_tls(const crypto::TlsClient& tls, std::string host,
                           Deadline deadline) override;
  [[nodiscard]] std::optional<crypto::TlsInfo> tls() const override;
  [[nodiscard]] crypto::ChannelBindings channel_bindings() const override;
  void close() noexcept override;
  [[nodiscard]] const Endpoint& peer() const override { return peer_; }
  [[nodiscard]] const Endpoint& local() const override { return local_; }

 private:
  using Step = crypto::TlsSession::Step;

  Task<Result<Ready>> wait_for_input(Deadline deadline, Socket::Interruptible interruptible);
  Task<Status> handshake(Result<std::unique_ptr<crypto::TlsSession>> session, Deadline deadline);
  Task<Status> write_tls(std::string_view octets, Duration patience);
  /// Error of a wait that did not end in readiness. `doing`: "reading", "writing".
  std::unexpected<Error> failed_wait(Socket::Outcome outcome, std::string_view doing) const;
  std::unexpected<Error> failed_call(int error_number, std::string_view doing) const;
  void farewell() noexcept;

  std::shared_ptr<Socket> socket_;
  std::unique_ptr<crypto::TlsSession> tls_;
  Endpoint peer_;
  Endpoint local_;
  std::optional<TaskScope::StopHook> close_hook_;
  std::optional<TaskScope::StopHook> drain_hook_;
  bool established_ = false;  ///< tls_ has made its handshake
};

}  // namespace hikyaku::net
