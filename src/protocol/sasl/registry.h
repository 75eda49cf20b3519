// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/sasl/mechanism.h"

namespace hikyaku::sasl {

enum class ChannelSecurity : unsigned char { kPlain, kEncrypted };

enum class Exposure : unsigned char {
  kPassword,  ///< the password crosses the connection: only where that is encrypted (RFC 4616 §4)
  kNone,      ///< an eavesdropper learns nothing that logs in
};

/// A mechanism that we can serve. A new one is a file of its own and a line in registry.cc.
struct MechanismInfo {
  std::string_view name;  ///< upper case
  Exposure exposure = Exposure::kPassword;
  std::unique_ptr<Mechanism> (*make)(const Limits&) = nullptr;
};

/// All mechanisms, in the order in which we offer them.
[[nodiscard]] std::span<const MechanismInfo> mechanisms();

/// By name, in any case; nullptr if there is none.
[[nodiscard]] const MechanismInfo* find_mechanism(std::string_view name);

/// The names to offer on such a connection.
[[nodiscard]] std::vector<std::string_view> offered(ChannelSecurity channel);

}  // namespace hikyaku::sasl
