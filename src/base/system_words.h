// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <system_error>

#include "base/told.h"

namespace hikyaku {

/// What the system says to an error number, in all languages: of those that an administrator meets;
/// of others in the system's own English.
[[nodiscard]] Told system_told(int error_number);
[[nodiscard]] Told system_told(const std::error_code& error);

/// As system_error() of error.h, in all languages: "WHAT: Permission denied".
[[nodiscard]] std::unexpected<Error> system_error(int error_number, const Told& what);
template <class... Values>
[[nodiscard]] std::unexpected<Error> system_error(int error_number, const Words& what,
                                                  const Values&... values) {
  return system_error(error_number, told(what, values...));
}

}  // namespace hikyaku
