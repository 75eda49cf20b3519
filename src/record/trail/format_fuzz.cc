// SPDX-License-Identifier: Apache-2.0
// Property: what can be read prints to octets that read as the same; whatever a head or its events
// hold, their keys and values fit the store, and a key leads back to its message.
#include "record/trail/format.h"

#include <cstdlib>

#include "record/trail/number.h"

using namespace hikyaku;

namespace {

void check_keys(std::string_view in) {
  if (const auto key = trail::format::parse_message_key(in); key && key->is_head)
    if (trail::format::message_prefix(key->id) != in) std::abort();
  (void)trail::format::parse_index_key(in);
  const auto folded = trail::format::fold(in);
  if (trail::format::fold(folded) != folded) std::abort();
  for (const auto side : {trail::format::Side::kFrom, trail::format::Side::kTo})
    if (trail::format::index_prefix(side, folded) != trail::format::index_prefix(side, in))
      std::abort();
  const trail::Head head{TrackingId(7), std::string(in), {std::string(in), "b@example.org"}, ""};
  const auto keys = trail::format::index_keys(head);
  for (const auto& key : keys) {
    if (key.size() > store::kKeyBytesMax) std::abort();
    if (trail::format::parse_index_key(key) != TrackingId(7)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (const auto head = trail::format::decode_head(TrackingId(1), in)) {
    const auto octets = trail::format::encode(*head);
    const auto again = trail::format::decode_head(TrackingId(1), octets);
    if (!again || trail::format::encode(*again) != octets) std::abort();
    const auto shortened = trail::format::shorten(head->head);
    if (trail::format::encode(shortened).size() > store::kValueBytesMax) std::abort();
    for (const auto& key : trail::format::index_keys(shortened.head))
      if (key.size() > store::kKeyBytesMax) std::abort();
  }
  if (const auto events = trail::format::decode_events(in)) {
    for (const auto& value : trail::format::encode(*events))
      if (value.size() > store::kValueBytesMax || !trail::format::decode_events(value))
        std::abort();
  }
  check_keys(in);
  if (const auto number = trail::parse_number(in))
    if (*number == 0 || trail::parse_number(trail::number_text(*number)) != number) std::abort();
  return 0;
}
