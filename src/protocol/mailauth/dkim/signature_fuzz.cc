// SPDX-License-Identifier: Apache-2.0
// Property: a signature field, written again from what was read, is read as the same, in short
// lines; without its b= it is no signature.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "protocol/mailauth/dkim/field_writer.h"
#include "protocol/mailauth/dkim/signature.h"

namespace {

using namespace hikyaku;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string print(const dkim::Signature& read) {
  dkim::FieldWriter writer("X");
  writer.tag("v", "1");
  writer.tag("a", name_of(read.algorithm));
  writer.tag("c", std::string(name_of(read.header)) + "/" + std::string(name_of(read.body)));
  writer.tag("d", read.domain);
  writer.tag("s", read.selector);
  if (read.time_s) writer.tag("t", std::to_string(*read.time_s));
  if (read.expires_s) writer.tag("x", std::to_string(*read.expires_s));
  if (read.length) writer.tag("l", std::to_string(*read.length));
  writer.list("h", read.signed_fields);
  writer.base64("bh", read.body_hash);
  writer.signature();
  return writer.finish(read.signature);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  const auto read = dkim::parse_signature(text);
  if (!read) return 0;
  const auto place = read->signature_place;
  require(place.begin < place.end && place.end <= text.size());
  const auto printed = print(*read);
  if (printed.size() <= dkim::kTagListOctetsMax) {
    const std::string_view value = std::string_view(printed).substr(2, printed.size() - 4);
    const auto again = dkim::parse_signature(value);
    require(again.has_value() && again->signature == read->signature &&
            again->domain == read->domain && again->selector == read->selector &&
            again->body_hash == read->body_hash && again->signed_fields == read->signed_fields &&
            again->length == read->length && again->time_s == read->time_s &&
            again->expires_s == read->expires_s && again->header == read->header &&
            again->body == read->body);
  }
  text.erase(place.begin, place.end - place.begin);
  require(!dkim::parse_signature(text).has_value());
  return 0;
}
