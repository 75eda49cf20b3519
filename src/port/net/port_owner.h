// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/told.h"

namespace hikyaku::net {

/// A program that listens on a port of this machine.
struct PortOwner {
  std::string program;              ///< "master"
  std::uint32_t process = 0;        ///< its number
  std::string unit;                 ///< of systemd, without ".service"; empty: it belongs to none
  [[nodiscard]] Told name() const;  ///< "master (process 812) of postfix.service"
  /// "systemctl disable --now postfix"
  [[nodiscard]] std::string stop_command() const;
};

/// Who listens on a TCP port; nullopt when it can't be told (processes of other users are hidden
/// from all but root).
[[nodiscard]] std::optional<PortOwner> port_owner(std::uint16_t port);

/// What to do so that the port becomes free: "stop it: systemctl disable --now postfix".
[[nodiscard]] Told how_to_free(const std::optional<PortOwner>& owner);

/// The service of systemd in the text of /proc/PID/cgroup, as one calls it: "exim4"; "postfix" for
/// the default instance of a template, "postfix@-". Empty: none that `systemctl` alone would find.
[[nodiscard]] std::string unit_in_cgroup(std::string_view text);

}  // namespace hikyaku::net
