// SPDX-License-Identifier: Apache-2.0
// Property: a name, mail exchanger or text that is read is the same after it was written in wire
// form and read again; what is read holds to DNS's limits; addresses read as their octets.
#include <cstdint>
#include <cstdlib>

#include "port/dns/resolver.h"
#include "port/dns/testing/fake_resolver.h"
#include "port/net/address.h"

namespace {

using namespace hikyaku;  // NOLINT: the whole file is about it

void require(bool holds) {
  if (!holds) std::abort();
}

std::string wire_name(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const auto dot = std::min(name.find('.'), name.size());
    out += static_cast<char>(dot);
    out += name.substr(0, dot);
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  return out + '\0';
}

void check_name(const std::string& name) {
  // RFC 1035 §2.3.4: 255 octets on the wire.
  require(name.size() <= 253);
  const auto again = dns::parse_name(wire_name(name));
  require(again && *again == name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view rdata(reinterpret_cast<const char*>(data), size);
  if (const auto name = dns::parse_name(rdata)) check_name(*name);
  if (const auto mx = dns::parse_mx(rdata)) {
    check_name(mx->host);
    const auto again = dns::parse_mx(std::string(rdata.substr(0, 2)) + wire_name(mx->host));
    require(again && again->preference == mx->preference && again->host == mx->host);
  }
  if (const auto text = dns::parse_txt(rdata)) {
    require(text->size() < size);
    require(dns::parse_txt(dns::rdata_of(dns::Type::kTxt, *text)).value() == *text);
  }
  require(dns::parse_txt(dns::rdata_of(dns::Type::kTxt, rdata)).value() == rdata);
  const auto a = dns::text_of_a(rdata);
  const auto aaaa = dns::text_of_aaaa(rdata);
  require(a.empty() == (size != 4) && aaaa.empty() == (size != 16));
  if (!a.empty()) {
    const auto address = net::IpAddress::parse(a);
    require(address && address->is_v4());
    for (std::size_t i = 0; i < size; ++i) require(address->octets()[i] == data[i]);
  }
  if (!aaaa.empty()) require(net::IpAddress::parse(aaaa).has_value());
  return 0;
}
