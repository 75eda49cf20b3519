// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "protocol/mime/address.h"

namespace hikyaku::mime {
namespace {

bool is_atext(char c) {
  const auto u = static_cast<unsigned char>(c);
  if (u >= 0x80) return true;  // RFC 6532 §3.2
  if (u <= ' ' || u == 0x7f) return false;
  return std::string_view("()<>[]:;@\\,.\"").find(c) == std::string_view::npos;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

bool is_dot_atom(std::string_view text) {
  if (text.empty() || text.starts_with('.') || text.ends_with('.')) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' ? text[i - 1] == '.' : !is_atext(text[i])) return false;
  }
  return true;
}

/// Words of atext with single spaces between stay as they are, so that encoded words do.
std::string phrase(std::string_view text) {
  const bool plain = !text.empty() && !text.starts_with(' ') && !text.ends_with(' ') &&
                     text.find("  ") == std::string_view::npos &&
                     std::ranges::all_of(text, [](char c) { return c == ' ' || is_atext(c); });
  return plain ? std::string(text) : quoted(text);
}

std::string mailbox(const Address& a) {
  const bool literal = a.domain.starts_with('[') && a.domain.ends_with(']');
  const bool clean = !a.local_part.empty() && (literal || is_dot_atom(a.domain));
  if (!a.name && a.route.empty() && clean) return a.spec();
  std::string out;
  if (a.name) out = phrase(*a.name) + " ";
  out += "<";
  if (!a.route.empty()) out += a.route + ":";
  return out + a.spec() + ">";
}

}  // namespace

std::string Address::spec() const {
  // A null address is <>; "@domain" without a local part stays as it was found.
  std::string out;
  if (!local_part.empty()) out = is_dot_atom(local_part) ? local_part : quoted(local_part);
  if (!domain.empty()) out += "@" + domain;
  return out;
}

std::string print_addresses(const AddressList& list) {
  std::string out;
  bool comma = false;
  for (const auto& a : list) {
    if (a.kind == Address::Kind::kGroupEnd) {
      out += ";";
      comma = true;
      continue;
    }
    if (comma) out += ", ";
    if (a.kind == Address::Kind::kGroupBegin) {
      out += phrase(a.name.value_or("")) + ": ";
    } else {
      out += mailbox(a);
    }
    comma = a.kind != Address::Kind::kGroupBegin;
  }
  return out;
}

}  // namespace hikyaku::mime
