// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/sasl/mechanism.h"

namespace hikyaku::sasl {

enum class ChannelSecurity : unsigned char { kPlain, kEncrypted };

/// The connection that somebody wants to log in on.
struct Channel {
  ChannelSecurity security = ChannelSecurity::kPlain;
  ChannelBindings bindings{};
};

/// What a mechanism needs to be offered, beside encryption.
enum class Kind : unsigned char {
  kPassword,   ///< brings the password: always
  kScram,      ///< SCRAM keys are kept
  kScramPlus,  ///< and the connection has a channel binding
  kCramMd5,    ///< CRAM-MD5 keys are kept
};

/// What the administrator allows.
struct Allowed {
  bool scram = true;
  bool channel_binding = true;  ///< of SCRAM: -PLUS
  bool cram_md5 = false;
};

/// A mechanism that we can serve. A new one is a file of its own and a line in registry.cc.
struct MechanismInfo {
  std::string_view name;  ///< upper case
  Kind kind = Kind::kPassword;
  std::unique_ptr<Mechanism> (*make)(const Context&) = nullptr;
};

/// All mechanisms, in the order in which we offer them: the strongest first.
[[nodiscard]] std::span<const MechanismInfo> mechanisms();

/// By name, in any case; nullptr if there is none.
[[nodiscard]] const MechanismInfo* find_mechanism(std::string_view name);

/// The names to offer: none without encryption. SCRAM and CRAM-MD5 do not show the password, but
/// what can be overheard of them is enough to guess it elsewhere, at leisure (RFC 5802 §9), and
/// nothing would keep the rest of the connection from being taken over.
enum class Binding : unsigned char { kNone, kThere };
[[nodiscard]] std::vector<std::string_view> offered(ChannelSecurity security, Binding binding,
                                                    Allowed allowed);
[[nodiscard]] std::vector<std::string_view> offered(const Channel& channel, Allowed allowed);

/// Whether the name is one of a mechanism with channel binding (RFC 5801 §3.1: "-PLUS").
[[nodiscard]] bool binds_channel(std::string_view name);

}  // namespace hikyaku::sasl
