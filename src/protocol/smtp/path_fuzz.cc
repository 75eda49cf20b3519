// SPDX-License-Identifier: Apache-2.0
// Properties: an address, path or domain that was read prints as what reads as the same, and what
// is printed holds to the limits; a path takes no more than its own octets; xtext and replies come
// back as they were.
#include "protocol/smtp/path.h"

#include <cstdint>
#include <cstdlib>

#include "protocol/smtp/reply_reader.h"
#include "protocol/smtp/xtext.h"

namespace {

using namespace hikyaku::smtp;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_address(const Address& address, Utf8 utf8) {
  const auto printed = address.text();
  for (const char c : printed) {
    const auto octet = static_cast<unsigned char>(c);
    require(octet >= ' ' && octet != 0x7f && (octet < 0x80 || utf8 == Utf8::kAllow));
  }
  // RFC 5321 §4.5.3.1.1, .2.
  require(address.local.size() <= 64 && address.domain.size() <= 255);
  if (address.domain.empty()) return;  // <Postmaster>
  const auto again = parse_address(printed, utf8);
  require(again && *again == address);
}

void check_paths(std::string_view in, Utf8 utf8) {
  if (const auto address = parse_address(in, utf8)) check_address(*address, utf8);
  if (const auto domain = parse_domain(in, utf8)) {
    const auto again = parse_domain(*domain, utf8);
    require(again && *again == *domain);
  }
  auto rest = in;
  if (const auto path = take_reverse_path(rest, utf8)) {
    require(in.starts_with('<') && in.ends_with(rest) && in[in.size() - rest.size() - 1] == '>');
    if (*path) check_address(**path, utf8);
    const auto whole = "<" + text(*path) + ">";
    std::string_view printed = whole;
    const auto again = take_reverse_path(printed, utf8);
    require(again && *again == *path && printed.empty());
  }
  rest = in;
  if (const auto path = take_forward_path(rest, utf8)) {
    require(in.starts_with('<') && in.ends_with(rest) && in[in.size() - rest.size() - 1] == '>');
    check_address(*path, utf8);
  }
}

/// All replies, and whether it came to an error.
std::string read_replies(std::string_view in, std::size_t piece) {
  ReplyReader reader;
  std::string out;
  while (!in.empty()) {
    auto chunk = in.substr(0, piece);
    in.remove_prefix(chunk.size());
    for (;;) {
      const auto reply = reader.next(chunk);
      if (!reply) return out + "error";
      if (!*reply) break;
      require((*reply)->code >= 200 && (*reply)->code < 600);
      require((*reply)->text.size() <= ReplyReader::kTextOctetsMax);
      const auto line = (*reply)->one_line();
      require(line.find('\r') == std::string::npos && line.find('\n') == std::string::npos);
      out += line + "\n" + (*reply)->text + "\n";
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view in(reinterpret_cast<const char*>(data) + 1, size - 1);
  check_paths(in, Utf8::kRefuse);
  check_paths(in, Utf8::kAllow);
  const auto decoded = xtext_decode(in);
  if (decoded) require(xtext_decode(xtext_encode(*decoded)) == decoded);
  const auto encoded = xtext_encode(in);
  require(xtext_decode(encoded) == in);
  require(read_replies(in, data[0] + 1U) == read_replies(in, in.size() + 1));
  return 0;
}
