// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace hikyaku {

std::unexpected<Error> system_error(std::string_view what, int error_number) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return std::unexpected(Error{Remedy::kRetryLater,
                               std::string(what) + ": " +
                                   std::generic_category().message(error_number) +
                                   (full ? "; make room on that disk" : ""),
                               full ? Cause::kDiskFull : Cause::kOther});
}

}  // namespace hikyaku
