// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace hikyaku::net {

/// Who listens on a TCP port of this machine: "master (process 812)"; empty when it can't be told
/// (processes of other users are hidden from all but root).
[[nodiscard]] std::string port_owner(std::uint16_t port);

}  // namespace hikyaku::net
