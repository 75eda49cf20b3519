// SPDX-License-Identifier: Apache-2.0
// Properties: parse(print(v)) = v for what is well formed; parameters and encoded words of any
// octets are harmless; what we encode reads back the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/utf8.h"
#include "protocol/mime/address.h"
#include "protocol/mime/charset.h"
#include "protocol/mime/encoded_word.h"
#include "protocol/mime/header.h"
#include "protocol/mime/parameter.h"
#include "protocol/mime/text.h"
#include "protocol/mime/write.h"

namespace {

using namespace hikyaku::mime;

void require(bool condition) {
  if (!condition) std::abort();
}

bool is_one_line(std::string_view s) {
  return s.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_address_list(in);
  const auto printed = print_addresses(parsed.list);
  require(is_one_line(printed));
  if (parsed.well_formed) {
    const auto again = parse_address_list(printed);
    require(again.list == parsed.list && again.well_formed);
  }

  for (const auto& p : parse_parameterized(in).parameters) {
    require(is_one_line(p.name) && is_one_line(p.value));
  }

  const auto text = decode_words(in);
  require(is_one_line(text) && hikyaku::is_utf8(text));
  // Control characters become spaces, and spaces at the ends go.
  std::string plain = text;
  std::ranges::replace_if(
      plain, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  if (plain == unfold(plain)) {
    require(decode_words(encode_words(plain, WordContext::kText)) == plain);
  }
  const auto folded = fold_text(text);
  require(hikyaku::is_utf8(folded) && fold_text(folded) == folded);

  const auto field = fold_field("X", in);
  HeaderReader reader(field);
  const auto first = reader.next();
  require(first && first->raw == field);
  return 0;
}
