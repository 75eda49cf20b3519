// SPDX-License-Identifier: Apache-2.0
// Property: a text is either refused with at least one problem, or what is printed of it reads as
// the same.
#include "base/assert.h"
#include "config/print.h"
#include "config/read.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace hikyaku::config;  // NOLINT: the whole file is about it
  const auto config = read({reinterpret_cast<const char*>(data), size}, "/etc");
  if (!config) {
    HK_ASSERT(!config.error().empty());
    return 0;
  }
  const auto again = read(print(*config), "/etc");
  HK_ASSERT(again.has_value());
  HK_ASSERT(*again == *config);
  return 0;
}
