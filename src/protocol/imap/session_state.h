// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/imap/command_table.h"
#include "protocol/imap/mailbox_name.h"

namespace hikyaku::imap {

enum class ChannelSecurity : unsigned char { kPlain, kEncrypted };

/// What ENABLE switches on (RFC 9051 §6.3.1), and what other commands switch on as if by it.
enum class Feature : std::uint8_t {
  kImap4Rev2 = 1,
  kUtf8Accept = 2,  ///< RFC 6855
  kCondStore = 4,   ///< RFC 7162 §3.1
  kQResync = 8,     ///< RFC 7162 §3.2, brings kCondStore
};

/// Where a session stands: state, encryption, what is enabled; and what follows from it.
///
/// Source: RFC 9051 §3, §6.1.1, §6.2.1, §6.3.1, §7.5.1.
class SessionState {
 public:
  /// kYes: there is a certificate.
  enum class StartTlsOffer : unsigned char { kNo, kYes };
  SessionState(ChannelSecurity channel, StartTlsOffer offer) : channel_(channel), offer_(offer) {}

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] ChannelSecurity channel() const { return channel_; }
  /// May a password be sent now? Else refuse with NO [PRIVACYREQUIRED] (RFC 9051 §7.1).
  [[nodiscard]] bool may_send_password() const { return channel_ == ChannelSecurity::kEncrypted; }
  [[nodiscard]] bool may_start_tls() const {
    return state_ == State::kNotAuthenticated && channel_ == ChannelSecurity::kPlain &&
           offer_ == StartTlsOffer::kYes;
  }

  void tls_started() { channel_ = ChannelSecurity::kEncrypted; }
  void authenticated() { state_ = State::kAuthenticated; }
  void selected() { state_ = State::kSelected; }
  void deselected() { state_ = State::kAuthenticated; }
  void logged_out() { state_ = State::kLogout; }

  [[nodiscard]] bool has(Feature f) const {
    return (features_ & static_cast<std::uint8_t>(f)) != 0;
  }
  /// Do we serve it? UTF8=ACCEPT is parsed, and not served yet.
  [[nodiscard]] static constexpr bool offers(Feature f) { return f != Feature::kUtf8Accept; }
  void enable(Feature f);
  /// ENABLE's names: switches on what we know, and returns the names that were not on before, for
  /// the untagged ENABLED.
  [[nodiscard]] std::vector<std::string_view> enable(std::span<const std::string> names);
  [[nodiscard]] NameEncoding name_encoding() const;

  /// The list behind "CAPABILITY ", by state and encryption. sasl: the mechanisms to offer.
  [[nodiscard]] std::string capabilities(std::span<const std::string_view> sasl) const;

 private:
  State state_ = State::kNotAuthenticated;
  ChannelSecurity channel_;
  StartTlsOffer offer_;
  std::uint8_t features_ = 0;
};

}  // namespace hikyaku::imap
