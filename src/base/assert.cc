// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace hikyaku {

void assert_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "hikyaku: defect at %s:%d: %s does not hold; please report it\n", file, line,
               condition);
  std::abort();
}

}  // namespace hikyaku
