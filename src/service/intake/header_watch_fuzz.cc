// SPDX-License-Identifier: Apache-2.0
// Property: in pieces of any size, the watch counts the fields that the reader of whole headers
// finds. The first octet is the size of the pieces.
#include "service/intake/header_watch.h"

#include <cstdint>
#include <cstdlib>

#include "protocol/mime/header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hikyaku;
  if (size < 1) return 0;
  const std::string_view message(reinterpret_cast<const char*>(data) + 1, size - 1);
  intake::HeaderWatch watch;
  const std::size_t step = data[0] % 32 + 1U;
  for (std::size_t at = 0; at < message.size(); at += step) watch.push(message.substr(at, step));

  // The watch counts a field when its first line is whole, as all lines of an SMTP message are.
  std::size_t received = 0;
  std::size_t from = 0;
  mime::HeaderReader reader(message.substr(0, message.rfind('\n') + 1));
  while (const auto field = reader.next()) {
    received += mime::same_name(field->name, "Received") ? 1 : 0;
    from += mime::same_name(field->name, "From") ? 1 : 0;
  }
  if (watch.received_fields() != received || watch.from_fields() != from) std::abort();
  return 0;
}
