// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "port/net/stream.h"
#include "protocol/smtp/client_session.h"
#include "service/delivery/delivery.h"

namespace hikyaku::delivery {

/// What became of one message in a dialogue.
struct Talk {
  std::optional<smtp::ClientFailure> failure;  ///< the dialogue ended with it
  std::vector<smtp::RecipientResult> results;  ///< of the item's waiting recipients, in order
  bool final_sent = false;  ///< the message's end was sent: the server may have taken it
};

/// A dialogue with a remote server: the coroutine shell around smtp::ClientSession. Messages are
/// read from the store piece by piece while they are sent.
///
/// Threads: belongs to the loop that its stream belongs to.
class Conversation {
 public:
  Conversation(const Options& options, const Ports& ports, net::StreamPtr stream, std::string host,
               smtp::StartTlsUse tls, bool chunking);

  /// Until a message can be sent. Else: why it can't.
  Task<std::optional<smtp::ClientFailure>> open();
  /// One message; after open(), while usable().
  Task<Talk> send(const queue::Item* item);
  /// Says goodbye and closes.
  Task<void> quit();

  /// Another message can be sent.
  [[nodiscard]] bool usable() const { return ready_; }
  [[nodiscard]] std::size_t messages() const { return messages_; }
  [[nodiscard]] net::Stream& stream() { return *stream_; }
  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] const std::string& tls() const { return tls_; }  ///< "TLSv1.3 …", or "none"
  /// The handshake failed: worth a call without TLS.
  [[nodiscard]] bool tls_failed() const { return tls_failed_; }
  /// BDAT was offered and refused: worth a call without it.
  [[nodiscard]] bool chunking_refused() const { return session_.chunking_refused(); }
  [[nodiscard]] bool reports() const { return session_.remote().dsn; }  ///< RFC 3461

 private:
  Task<void> go_on();
  Task<void> act(smtp::ClientAction action);
  Task<void> exchange();
  Task<bool> flush();
  Task<void> start_tls();
  Task<void> send_piece();

  const Ports& ports_;
  net::StreamPtr stream_;
  std::string host_;
  smtp::ClientSession session_;
  const queue::Item* item_ = nullptr;
  std::uint64_t sent_ = 0;  ///< octets of the item
  Talk talk_;
  std::string tls_ = "none";
  std::size_t messages_ = 0;
  bool tls_failed_ = false;
  bool ready_ = false;
  bool closed_ = false;
};

}  // namespace hikyaku::delivery
