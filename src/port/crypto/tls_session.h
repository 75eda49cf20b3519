// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "port/crypto/tls.h"

struct ssl_st;

namespace hikyaku::crypto {

/// TLS on a connected, non-blocking socket: OpenSSL reads and writes the socket itself, so that no
/// octets lie in buffers between, and an idle session holds none.
///
/// Shape:   each call does what can be done now, and says what to wait for.
/// Threads: one owner at a time; a read and a write must not run at once.
/// Whoever uses it ignores SIGPIPE (net::Loop sees to that).
class TlsSession {
 public:
  enum class Step : unsigned char {
    kDone,
    kWantRead,   ///< wait until the socket is readable, then the same call again
    kWantWrite,  ///< until it is writable
    kEnded,      ///< the peer has ended its side
    kFailed,     ///< error() says why; nothing more can be done with the session
  };
  enum class Side : unsigned char { kServer, kClient };
  struct Io {
    Step step = Step::kFailed;
    std::size_t octets = 0;
  };
  /// What a session needs of the one that made it, until it dies.
  struct Owner {
    Owner() = default;
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
    virtual ~Owner() = default;
  };

  /// Takes over the SSL object, whose application data becomes this.
  TlsSession(ssl_st* ssl, Side side, std::string host, std::shared_ptr<const Owner> owner);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  Step handshake();
  Io read(std::span<char> buffer);
  /// At least one octet, which may come from a call before that wants to be repeated: then with the
  /// same octets in front.
  Io write(std::string_view octets);
  /// Whether read() would give something (kDone), without taking it.
  Step poll_read();
  /// Whether octets lie in OpenSSL, which the socket knows nothing of.
  [[nodiscard]] bool has_pending() const;
  /// close_notify, if the socket takes it now.
  void say_goodbye() noexcept;

  /// After the handshake.
  [[nodiscard]] TlsInfo info() const;
  /// After the handshake, of the server's side.
  [[nodiscard]] ChannelBindings channel_bindings() const;
  /// After kFailed.
  [[nodiscard]] Error error() const { return error_; }
  /// The name that a client wants to talk to.
  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] const Owner* owner() const { return owner_.get(); }

 private:
  Step judge(int result);
  void fail(std::string text);

  ssl_st* ssl_;
  std::string host_;
  std::shared_ptr<const Owner> owner_;
  Error error_;
  Side side_;
  bool established_ = false;
  bool failed_ = false;
};

}  // namespace hikyaku::crypto
