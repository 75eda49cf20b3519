// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/path.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>

#include "base/utf8.h"
#include "protocol/idna/a_labels.h"

namespace hikyaku::smtp {
namespace {

constexpr std::size_t kLocalOctetsMax = 64;    // RFC 5321 §4.5.3.1.1
constexpr std::size_t kDomainOctetsMax = 255;  // §4.5.3.1.2
constexpr std::size_t kLabelOctetsMax = 63;    // RFC 1035 §2.3.4
constexpr std::size_t kPathOctetsMax = 256;    // §4.5.3.1.3, with < and >

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_let_dig(char c) { return is_alpha(c) || is_digit(c); }
bool is_utf8_octet(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_atext(char c) {  // RFC 5322 §3.2.3
  return is_let_dig(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Cuts "local" off the beginning, unquoted; stops at what can not belong to it.
Result<std::string> take_quoted(std::string_view& in, Utf8 utf8) {
  std::string local;
  in.remove_prefix(1);
  while (!in.empty() && in.front() != '"') {
    char c = in.front();
    in.remove_prefix(1);
    if (c == '\\') {  // quoted-pairSMTP
      if (in.empty()) break;
      c = in.front();
      in.remove_prefix(1);
      if (c < 0x20 || c > 0x7e) return permanent("a control character is quoted in the local part");
    } else if (is_utf8_octet(c)) {
      if (utf8 == Utf8::kRefuse) return permanent("the local part is not ASCII (needs SMTPUTF8)");
    } else if (c < 0x20 || c == 0x7f) {
      return permanent("the local part has a control character");
    }
    local += c;
  }
  if (in.empty()) return permanent("the quoted local part has no end");
  in.remove_prefix(1);
  return local;
}

Result<std::string> take_local(std::string_view& in, Utf8 utf8) {
  if (!in.empty() && in.front() == '"') return take_quoted(in, utf8);
  std::size_t n = 0;
  while (n < in.size() && (is_atext(in[n]) || in[n] == '.' || is_utf8_octet(in[n]))) {
    if (is_utf8_octet(in[n]) && utf8 == Utf8::kRefuse) {
      return permanent("the local part is not ASCII (needs SMTPUTF8)");
    }
    ++n;
  }
  const std::string_view local = in.substr(0, n);
  in.remove_prefix(n);
  // Dot-string = Atom *("." Atom)
  if (local.empty()) return permanent("the local part is missing");
  if (local.front() == '.' || local.back() == '.' || local.contains("..")) {
    return permanent("the local part has a dot at its begin or end, or two in a row");
  }
  return std::string(local);
}

Result<std::string> ipv4_literal(std::string_view text) {
  std::array<unsigned, 4> snum{};
  for (std::size_t i = 0; i < 4; ++i) {
    std::size_t digits = 0;
    while (digits < text.size() && digits < 4 && is_digit(text[digits])) {
      snum[i] = snum[i] * 10 + static_cast<unsigned>(text[digits++] - '0');
    }
    const bool dot = digits < text.size() && text[digits] == '.';
    if (digits == 0 || digits > 3 || snum[i] > 255 || dot != (i < 3) ||
        (i == 3 && digits != text.size())) {
      return permanent("not a valid IPv4 address literal");
    }
    text.remove_prefix(digits + (dot ? 1 : 0));
  }
  return fmt::format("[{}.{}.{}.{}]", snum[0], snum[1], snum[2], snum[3]);
}

Result<std::string> ipv6_literal(std::string_view text) {
  const std::string terminated(text);
  in6_addr address{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (inet_pton(AF_INET6, terminated.c_str(), &address) != 1 ||
      inet_ntop(AF_INET6, &address, out.data(), out.size()) == nullptr) {
    return permanent("not a valid IPv6 address literal");
  }
  return fmt::format("[IPv6:{}]", out.data());
}

Result<std::string> parse_ascii_domain(std::string_view text) {
  if (text.size() > kDomainOctetsMax) return permanent("the domain is longer than 255 octets");
  // Why: RFC 5321 has no final dot, but it means the same name, and old clients send it.
  if (text.size() > 1 && text.back() == '.') text.remove_suffix(1);
  std::string out;
  std::size_t label = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '.') {
      if (label == 0) return permanent("the domain has an empty label");
      if (label > kLabelOctetsMax) return permanent("a label of the domain has over 63 octets");
      if (text[i - 1] == '-') return permanent("a label of the domain ends with a hyphen");
      label = 0;
    } else {
      const char c = text[i];
      if (!is_let_dig(c) && !(c == '-' && label > 0)) {
        return permanent("the domain has a character that host names don't have");
      }
      ++label;
    }
    if (i < text.size()) out += lower(text[i]);
  }
  return out;
}

/// The end of a Domain or literal at the beginning of `in`.
std::size_t domain_end(std::string_view in) {
  if (!in.empty() && in.front() == '[') {
    const std::size_t close = in.find(']');
    return close == std::string_view::npos ? in.size() : close + 1;
  }
  std::size_t n = 0;
  while (n < in.size() && in[n] != '>' && in[n] != ':' && in[n] != ',' && in[n] != ' ') ++n;
  return n;
}

Result<Address> take_mailbox(std::string_view& in, Utf8 utf8) {
  Address address;
  HK_ASSIGN(address.local, take_local(in, utf8));
  if (address.local.size() > kLocalOctetsMax) {
    return permanent("the local part is longer than 64 octets");
  }
  if (!is_utf8(address.local)) return permanent("the local part is not UTF-8");
  if (in.empty() || in.front() != '@') return permanent("no @ after the local part");
  in.remove_prefix(1);
  const std::size_t end = domain_end(in);
  HK_ASSIGN(address.domain, parse_domain(in.substr(0, end), utf8));
  in.remove_prefix(end);
  return address;
}

/// "@a,@b:" of a source route is read, checked and dropped.
Status skip_route(std::string_view& in, Utf8 utf8) {
  while (!in.empty() && in.front() == '@') {
    in.remove_prefix(1);
    const std::size_t end = domain_end(in);
    HK_TRY(parse_domain(in.substr(0, end), utf8));
    in.remove_prefix(end);
    if (in.empty() || (in.front() != ',' && in.front() != ':')) {
      return permanent("the source route has no end");
    }
    const bool last = in.front() == ':';
    in.remove_prefix(1);
    if (last) return {};
    if (in.empty() || in.front() != '@') return permanent("the source route is not valid");
  }
  return {};
}

/// "<" was read; reads up to ">".
Result<Address> take_path(std::string_view& in, Utf8 utf8) {
  const std::size_t before = in.size();
  HK_TRY(skip_route(in, utf8));
  HK_ASSIGN(Address address, take_mailbox(in, utf8));
  if (in.empty() || in.front() != '>') return permanent("no > after the address");
  in.remove_prefix(1);
  if (before - in.size() + 1 > kPathOctetsMax)
    return permanent("the path is longer than 256 octets");
  return address;
}

}  // namespace

std::string Address::text() const {
  bool atoms =
      !local.empty() && local.front() != '.' && local.back() != '.' && !local.contains("..");
  for (const char c : local) atoms = atoms && (is_atext(c) || c == '.' || is_utf8_octet(c));
  std::string out;
  if (atoms) {
    out = local;
  } else {
    out = '"';
    for (const char c : local) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  if (!domain.empty()) out += '@' + domain;
  return out;
}

std::string text(const ReversePath& path) { return path ? path->text() : std::string(); }

Result<std::string> parse_literal(std::string_view text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') {
    return permanent("not an address literal");
  }
  text = text.substr(1, text.size() - 2);
  if (is_digit(text.front())) return ipv4_literal(text);
  if (text.size() > 5) {
    std::string tag(text.substr(0, 5));
    for (char& c : tag) c = lower(c);
    if (tag == "ipv6:") return ipv6_literal(text.substr(5));
  }
  // General-address-literal: no tag but IPv6 is registered (RFC 5321 §4.1.3, IANA).
  return permanent("address literal of an unknown kind");
}

Result<std::string> parse_domain(std::string_view text, Utf8 utf8) {
  if (text.empty()) return permanent("the domain is missing");
  if (text.front() == '[') return parse_literal(text);
  if (is_ascii(text)) return parse_ascii_domain(text);
  if (utf8 == Utf8::kRefuse) return permanent("the domain is not ASCII (needs SMTPUTF8)");
  // RFC 6531 §3.2: what is looked up is in A-labels, and so is all that we compare.
  const auto name = idna::to_a_labels(text);
  if (!name) return permanent("the domain is no valid internationalized name");
  return parse_ascii_domain(*name);
}
Result<Address> parse_address(std::string_view text, Utf8 utf8) {
  HK_ASSIGN(Address address, take_mailbox(text, utf8));
  if (!text.empty()) return permanent("something follows the address");
  return address;
}

Result<ReversePath> take_reverse_path(std::string_view& in, Utf8 utf8) {
  if (in.empty() || in.front() != '<') return permanent("the address must stand in < and >");
  in.remove_prefix(1);
  if (in.starts_with('>')) {
    in.remove_prefix(1);
    return ReversePath();
  }
  HK_ASSIGN(Address address, take_path(in, utf8));
  return ReversePath(std::move(address));
}

Result<Address> take_forward_path(std::string_view& in, Utf8 utf8) {
  if (in.empty() || in.front() != '<') return permanent("the address must stand in < and >");
  in.remove_prefix(1);
  if (in.starts_with('>')) return permanent("a recipient can not be empty");
  // RFC 5321 §4.1.1.3: <Postmaster> without a domain, in any case.
  constexpr std::string_view kPostmaster = "postmaster>";
  std::string start(in.substr(0, kPostmaster.size()));
  for (char& c : start) c = lower(c);
  if (start == kPostmaster) {
    in.remove_prefix(kPostmaster.size());
    return Address{"postmaster", ""};
  }
  return take_path(in, utf8);
}

}  // namespace hikyaku::smtp
