// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "base/task_scope.h"
#include "port/net/stream.h"

namespace hikyaku::net {

/// Two streams that are connected with each other, on the current loop. For tests.
struct StreamPair {
  StreamPtr ours;
  StreamPtr theirs;
};
/// The scopes, if any, are those of `ours`: see ServeOptions.
StreamPair stream_pair(TaskScope* sessions = nullptr, TaskScope* accepting = nullptr);

/// Reads until `end` has come, the peer has ended its side, or an error; gives what came.
Task<std::string> read_until(Stream* stream, std::string end);

/// Passes everything on, but the n-th operation (0 = the first) fails, and all after it. An
/// operation is a read, a wait, a write or a handshake. For failure walks.
class FaultyStream final : public Stream {
 public:
  FaultyStream(StreamPtr inner, std::size_t fail_at) : inner_(std::move(inner)), left_(fail_at) {}

  /// Whether the failure has come: a walk ends when it has not.
  [[nodiscard]] bool failed() const { return failed_; }

  Task<Status> readable(Deadline deadline) override;
  Task<Result<Ready>> idle(Deadline deadline) override;
  void wake() noexcept override { inner_->wake(); }
  Task<Result<std::size_t>> read_some(std::span<char> buffer, Deadline deadline) override;
  Task<Status> write(std::string_view octets, Duration patience) override;
  Task<Status> write_pieces(std::vector<std::string_view> pieces, Duration patience) override;
  Task<Status> accept_tls(const crypto::TlsServer& tls, Deadline deadline) override;
  Task<Status> connect_tls(const crypto::TlsClient& tls, std::string host,
                           Deadline deadline) override;
  [[nodiscard]] std::optional<crypto::TlsInfo> tls() const override { return inner_->tls(); }
  [[nodiscard]] crypto::ChannelBindings channel_bindings() const override {
    return inner_->channel_bindings();
  }
  void close() noexcept override { inner_->close(); }
  [[nodiscard]] const Endpoint& peer() const override { return inner_->peer(); }
  [[nodiscard]] const Endpoint& local() const override { return inner_->local(); }

 private:
  bool fails();
  StreamPtr inner_;
  std::size_t left_;
  bool failed_ = false;
};

}  // namespace hikyaku::net
