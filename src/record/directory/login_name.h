// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace hikyaku::directory {

/// The address that a login name means: itself, or with the default domain when it has none.
[[nodiscard]] inline std::string login_address(std::string_view name,
                                               std::string_view default_domain) {
  std::string out(name);
  if (default_domain.empty() || name.find('@') != std::string_view::npos) return out;
  return out.append("@").append(default_domain);
}

}  // namespace hikyaku::directory
