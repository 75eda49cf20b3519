// SPDX-License-Identifier: Apache-2.0
// Property: whatever a peer says, an explanation is whole, in both languages, and of the same
// entry.
#include "base/assert.h"
#include "explain/explain.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace hikyaku::explain;  // NOLINT: the whole file is about it
  const std::string_view reply(reinterpret_cast<const char*>(data), size);
  const auto english = explain(reply, hikyaku::Language::kEnglish);
  const auto japanese = explain(reply, hikyaku::Language::kJapanese);
  HK_ASSERT(english.has_value() == japanese.has_value());
  if (!english) return 0;
  HK_ASSERT(!english->key.empty() && !english->meaning.empty() && !english->remedy.empty());
  HK_ASSERT(english->key == japanese->key && english->actor == japanese->actor);
  return 0;
}
