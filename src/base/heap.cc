// SPDX-License-Identifier: Apache-2.0
#include "base/heap.h"

#include <malloc.h>

namespace hikyaku {

void keep_freed_memory() {
  // Each thread's heap keeps this much at its end; setting either turns glibc's own adapting off.
  mallopt(M_TRIM_THRESHOLD, 32 << 20);
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
}

}  // namespace hikyaku
