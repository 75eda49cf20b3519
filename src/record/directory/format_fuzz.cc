// SPDX-License-Identifier: Apache-2.0
// Property: a value that can be read is written as octets that read as the same; a key leads back
// to its address; a parsed address or domain, written again, parses to the same.
#include "record/directory/format.h"

#include <cstdlib>

namespace {

using namespace hikyaku;  // NOLINT: the whole file is about it
namespace format = directory::format;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_values(std::string_view in) {
  const auto key = format::address_key("a", "example.org");
  if (const auto entry = format::decode_entry(key, in)) {
    const auto octets = format::encode(*entry);
    const auto again = format::decode_entry(key, octets);
    require(again && format::encode(*again) == octets && again->index() == entry->index());
  }
  const auto domain_key = format::domain_key("example.org");
  if (const auto domain = format::decode_domain(domain_key, in)) {
    const auto again = format::decode_domain(domain_key, format::encode(*domain));
    require(again && again->name == "example.org" && again->catch_all == domain->catch_all);
  }
  if (const auto address = format::decode_address(in))
    require(format::decode_address(format::encode_address(*address)).value() == *address);
  if (const auto known = format::decode_credentials(in))
    require(format::decode_credentials(format::encode(*known)).value() == *known);
  if (const auto number = format::decode_number(std::string(in)))
    require(format::decode_number(format::encode_number(*number)).value() == *number);
}

void check_keys(std::string_view in) {
  const auto address = format::address_of(in);
  if (const auto at = address.rfind('@'); !address.empty()) {
    require(at != std::string::npos);
    require(format::address_of(
                format::address_key(address.substr(0, at), address.substr(at + 1))) == address);
  }
  if (const auto id = format::parse_account_key(in)) require(format::account_key(*id) == in);
  if (const auto id = format::parse_password_key(in)) require(format::password_key(*id) == in);
}

void check_address(std::string_view in) {
  if (const auto domain = directory::normalize_domain(in)) {
    require(domain->size() <= directory::kDomainOctetsMax);
    require(directory::normalize_domain(*domain).value() == *domain);
  }
  const auto address = directory::parse_address(in);
  if (!address) return;
  const auto again = directory::parse_address(address->outward());
  require(again && again->canonical() == address->canonical());
  const auto key = format::address_key(address->folded, address->domain);
  require(key.size() <= store::kKeyBytesMax);
  require(format::address_of(key) == address->canonical());
  if (const auto made = directory::parse_new_address(in)) {
    const auto canonical = directory::parse_new_address(made->canonical());
    require(canonical && canonical->canonical() == made->canonical());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  check_values(in);
  check_keys(in);
  check_address(in);
  return 0;
}
