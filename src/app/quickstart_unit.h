// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace hikyaku::app {

struct UnitFacts {
  std::string binary;
  std::string config_file;
  std::string data;
  std::string user;
  std::string group;
};

/// packaging/hikyaku.service with these paths and this user. The sandbox is as tight as the paths
/// allow: where they lie in a home or in /tmp, that folder is shown to the server.
std::string unit_text(const UnitFacts& facts);

/// A path as a unit file takes it: quoted where needed, % doubled (systemd.syntax(7),
/// systemd.unit(5)).
std::string unit_word(std::string_view text);

}  // namespace hikyaku::app
