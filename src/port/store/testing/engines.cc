// SPDX-License-Identifier: Apache-2.0
#include "port/store/testing/engines.h"

#include "port/store/memory_store.h"

namespace hikyaku::store {

std::vector<Engine> engines() {
  return {{"memory", [] { return OpenEngine{nullptr, std::make_unique<MemoryStore>()}; }}};
}

}  // namespace hikyaku::store
