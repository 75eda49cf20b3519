// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/task.h"
#include "port/crypto/tls.h"
#include "port/net/address.h"

namespace hikyaku::net {

/// A moment after which a network operation fails (kRetryLater, "timed out …"). There is no form
/// without.
using Deadline = SteadyTime;
[[nodiscard]] Deadline after(Duration time);

/// Why an idle wait ended.
enum class Ready : unsigned char {
  kInput,     ///< a read would give something (octets, or the end)
  kWoken,     ///< wake() was called
  kStopping,  ///< a graceful stop has begun: say goodbye and close
};

/// A connected TCP (or local) socket, plain at first, TLS when a handshake was made on it.
///
/// Belongs to the event loop that made it: all members are called on that loop's thread, but
/// close() and wake(), which any thread may call. One reader and one writer at a time. Holds no
/// read buffer: wait with idle() or readable(), then take the loop's buffer (Loop::read_buffer())
/// and read_some().
///
/// Errors: kClosePeer for a connection that the peer reset (a FIN without close_notify is an end
/// like
///         another: many mail programs close so);
///         kRetryLater for a deadline, for a scope that stops and for a stream that is closed.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  /// Waits until a read would give something (octets, or the end). Costs no memory while it waits.
  virtual Task<Status> readable(Deadline deadline) = 0;
  /// The same between two commands, where a session can be told something: also ends by wake() and
  /// by a graceful stop.
  virtual Task<Result<Ready>> idle(Deadline deadline) = 0;
  /// Ends the idle() that waits, or the next one. Any thread.
  virtual void wake() noexcept = 0;
  /// Some octets into `buffer`; 0 = the peer has ended its side.
  virtual Task<Result<std::size_t>> read_some(std::span<char> buffer, Deadline deadline) = 0;
  /// All of it. The octets must live until the task ends. The deadline is for progress: it counts
  /// anew for each piece that the peer takes.
  virtual Task<Status> write(std::string_view octets, Duration patience) = 0;
  /// The pieces one after the other, in as few packets as may be.
  virtual Task<Status> write_pieces(std::vector<std::string_view> pieces, Duration patience) = 0;

  /// TLS from here on. What the peer sent in the clear before is not in any buffer of ours: callers
  /// drop theirs (RFC 3207 §4.2).
  virtual Task<Status> accept_tls(const crypto::TlsServer& tls, Deadline deadline) = 0;
  virtual Task<Status> connect_tls(const crypto::TlsClient& tls, std::string host,
                                   Deadline deadline) = 0;
  [[nodiscard]] virtual std::optional<crypto::TlsInfo> tls() const = 0;
  /// What names the connection, after accept_tls(); nothing without TLS.
  [[nodiscard]] virtual crypto::ChannelBindings channel_bindings() const = 0;

  /// Sends close_notify and FIN if that needs no waiting, and closes; whoever waits gets an error.
  /// Any thread; done at once on the loop's own.
  virtual void close() noexcept = 0;

  [[nodiscard]] virtual const Endpoint& peer() const = 0;
  [[nodiscard]] virtual const Endpoint& local() const = 0;
};

using StreamPtr = std::unique_ptr<Stream>;

}  // namespace hikyaku::net
