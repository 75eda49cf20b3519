// SPDX-License-Identifier: Apache-2.0
// Property: a name that is read can be written and read again; no reader passes the end.
#include <cstdint>
#include <cstdlib>

#include "port/dns/resolver.h"

namespace {

std::string wire(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const auto dot = std::min(name.find('.'), name.size());
    out += static_cast<char>(dot);
    out += name.substr(0, dot);
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  return out + '\0';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hikyaku::dns;
  const std::string_view rdata(reinterpret_cast<const char*>(data), size);
  if (const auto name = parse_name(rdata)) {
    const auto again = parse_name(wire(*name));
    if (!again || *again != *name) std::abort();
  }
  if (const auto mx = parse_mx(rdata); mx && mx->host.size() > 255) std::abort();
  if (const auto text = parse_txt(rdata); text && text->size() >= size) std::abort();
  (void)text_of_a(rdata);
  (void)text_of_aaaa(rdata);
  return 0;
}
