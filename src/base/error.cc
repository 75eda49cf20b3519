// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <system_error>

namespace hikyaku {

std::unexpected<Error> system_error(std::string_view what, int error_number) {
  return retry_later(std::string(what) + ": " + std::generic_category().message(error_number));
}

}  // namespace hikyaku
