// SPDX-License-Identifier: Apache-2.0
// Property: whatever a peer sent, the line of an event is one line of UTF-8 without control
// characters, and the value that follows it stays a field of its own.
#include "base/event.h"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/event_keys.h"

namespace {

using namespace hikyaku::event;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Reads the character at the front, as RFC 3629 §3 has it.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  require(more == 0 || (lead >= 0xc0 && lead < 0xf8));
  require(text.size() > more);
  char32_t out = more == 0 ? lead : lead & (0x3fU >> more);
  for (std::size_t i = 1; i <= more; ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    require((octet & 0xc0U) == 0x80);
    out = (out << 6U) | (octet & 0x3fU);
  }
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  require(out >= kLeast[more] && out <= 0x10ffff && (out < 0xd800 || out > 0xdfff));
  text.remove_prefix(more + 1);
  return out;
}

/// The value at the front is whole: up to its closing quote, or to the space that ends it.
void take_value(std::string_view& line) {
  const bool quoted = line.starts_with('"');
  if (quoted) line.remove_prefix(1);
  for (;;) {
    require(!line.empty());
    if (!quoted && line.front() == ' ') return;
    const auto c = take_character(line);
    require(c >= ' ' && (c < 0x7f || c > 0x9f));
    if (!quoted) require(c != '"' && c != '=' && c != '\\');
    if (!quoted) continue;
    if (c == '"') return;
    if (c != '\\') continue;
    const auto escape = take_character(line);
    require(escape == '"' || escape == '\\' || escape == 'u');
    if (escape != 'u') continue;
    require(line.size() >= 4);
    require(line.substr(0, 4).find_first_not_of("0123456789abcdef") == std::string_view::npos);
    line.remove_prefix(4);
  }
}

void check(Format format, std::string_view sent, std::string_view start, std::string_view end) {
  const auto whole = render(format, Level::kInfo, "e", {{key::kHelo, sent}, {key::kPort, 25}});
  std::string_view line = whole;
  require(line.starts_with(start));
  line.remove_prefix(start.size());
  take_value(line);
  require(line == end);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view sent(reinterpret_cast<const char*>(data), size);
  check(Format::kLogfmt, sent, "level=info event=e helo=", " port=25");
  check(Format::kJson, sent, R"({"level":"info","event":"e","helo":)", R"(,"port":25})");
  return 0;
}
