// SPDX-License-Identifier: Apache-2.0
// Property: results, written again from what was read, are read as the same and can't break out of
// their field; a header comes without forged fields, and then nothing more is taken away.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "protocol/mailauth/results/forged.h"
#include "protocol/mailauth/results/results.h"

namespace {

using namespace hikyaku;

void require(bool condition) {
  if (!condition) std::abort();
}

/// What print() does to octets that no field may hold.
std::string harmless(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto read = results::parse(text)) {
    const auto printed = results::print(*read);
    read->authserv_id = harmless(read->authserv_id);
    for (auto& method : read->methods) {
      method.comment = harmless(method.comment);
      method.reason = harmless(method.reason);
      for (auto& property : method.properties) property.value = harmless(property.value);
    }
    if (printed.size() <= results::kFieldOctetsMax) require(results::parse(printed) == *read);
    for (auto at = printed.find('\n'); at != std::string::npos; at = printed.find('\n', at + 1))
      require(at + 1 < printed.size() && printed[at + 1] == ' ' && printed[at - 1] == '\r');
    const std::vector<std::string> own = {read->authserv_id};
    if (!read->authserv_id.empty()) require(results::is_forged(printed, own));
  }
  const std::vector<std::string> own = {"mx.example.org"};
  const auto clean = results::without_forged(text, own);
  require(clean.size() <= text.size() && results::without_forged(clean, own) == clean);
  return 0;
}
