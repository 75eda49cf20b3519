// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dkim/signature.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/mailauth/dkim/key_record.h"
#include "protocol/mailauth/dkim/tag_value.h"
#include "protocol/mailauth/lookup/name.h"
#include "protocol/mime/header.h"

namespace hikyaku::dkim {
namespace {

constexpr std::size_t kTimeDigitsMax = 12;    // RFC 6376 §3.5, t=
constexpr std::size_t kLengthDigitsMax = 76;  // l=

std::unexpected<Error> wrong(std::string_view tag, std::string_view what) {
  return permanent(fmt::format("{}= {}", tag, what));
}

Result<std::string_view> required(const TagList& tags, std::string_view name) {
  const auto* tag = tags.find(name);
  if (tag == nullptr) return wrong(name, "is missing");
  return tag->value;
}

Result<Algorithm> read_algorithm(const TagList& tags) {
  HK_ASSIGN(const auto value, required(tags, "a"));
  for (const auto known : {Algorithm::kRsaSha256, Algorithm::kEd25519Sha256, Algorithm::kRsaSha1}) {
    if (value == name_of(known)) return known;
  }
  return wrong("a", "names no algorithm that is known");
}

Result<std::string> read_octets(const TagList& tags, std::string_view name) {
  HK_ASSIGN(const auto value, required(tags, name));
  auto octets = decode_base64(value);
  if (!octets || octets->empty()) return wrong(name, "is not base64");
  return *std::move(octets);
}

Status read_time(const TagList& tags, std::string_view name, std::optional<std::uint64_t>& out) {
  const auto* tag = tags.find(name);
  if (tag == nullptr) return {};
  out = decode_number(tag->value, kTimeDigitsMax);
  if (!out) return wrong(name, "is not a number of at most 12 digits");
  return {};
}

Result<Canonicalization> canonicalization(std::string_view name) {
  if (name == "simple") return Canonicalization::kSimple;
  if (name == "relaxed") return Canonicalization::kRelaxed;
  return wrong("c", "names no canonicalization that is known");
}

Status read_canonicalizations(const TagList& tags, Signature& out) {
  const auto* tag = tags.find("c");
  if (tag == nullptr) return {};
  const auto slash = tag->value.find('/');
  HK_ASSIGN(out.header, canonicalization(tag->value.substr(0, slash)));
  // §3.5: "If only one algorithm is named, that algorithm is used for the header and "simple" is
  // used for the body."
  if (slash == std::string_view::npos) return {};
  HK_ASSIGN(out.body, canonicalization(tag->value.substr(slash + 1)));
  return {};
}

Status read_signed_fields(const TagList& tags, FieldNames names, Signature& out) {
  HK_ASSIGN(const auto value, required(tags, "h"));
  for (const auto name : split_at_colons(value)) {
    if (name.empty() && names == FieldNames::kAny) continue;
    if (!is_field_name(name)) return wrong("h", "holds something that is no field name");
    out.signed_fields.push_back(mime::to_lower_ascii(name));
  }
  if (names == FieldNames::kAny) return {};
  // §6.1.1: "If the "h=" tag does not include the From header field" ...
  if (std::ranges::find(out.signed_fields, "from") == out.signed_fields.end())
    return wrong("h", "does not hold From");
  return {};
}

Status check_query(const TagList& tags) {
  const auto* tag = tags.find("q");
  if (tag == nullptr) return {};
  const auto methods = split_at_colons(tag->value);
  // §3.5: "Unrecognized query mechanisms MUST be ignored."
  if (std::ranges::find(methods, "dns/txt") == methods.end())
    return wrong("q", "has no way to get the key that is known");
  return {};
}

Status read_identity(const TagList& tags, Signature& out) {
  const auto* tag = tags.find("i");
  if (tag == nullptr) return {};
  const auto text = decode_quoted_printable(tag->value);
  const auto at = text ? text->rfind('@') : std::string::npos;
  if (at == std::string::npos) return wrong("i", "is no identity with \"@\"");
  const auto domain = dns_name(std::string_view(*text).substr(at + 1), 2);
  if (!domain) return wrong("i", "has no valid domain");
  out.identity_local = text->substr(0, at);
  if (std::ranges::any_of(out.identity_local, [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
      }))
    return wrong("i", "holds control characters");
  out.identity_domain = *domain;
  // §6.1.1: "the same as or a parent domain of the domain part of the "i=" tag".
  if (!lookup::is_within(out.identity_domain, out.domain))
    return wrong("i", "is neither in the domain of d= nor below it");
  return {};
}

}  // namespace

std::string_view name_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRsaSha256: return "rsa-sha256";
    case Algorithm::kEd25519Sha256: return "ed25519-sha256";
    case Algorithm::kRsaSha1: return "rsa-sha1";
  }
  return "";
}

Status read_signing(const TagList& tags, Signing& out) {
  HK_ASSIGN(out.algorithm, read_algorithm(tags));
  HK_ASSIGN(out.signature, read_octets(tags, "b"));
  const auto* place = tags.find("b");
  out.signature_place = {place->begin, place->end};
  HK_ASSIGN(const auto domain, required(tags, "d"));
  // §3.5: domain-name has two labels at least.
  const auto domain_name = dns_name(domain, 2);
  if (!domain_name) return wrong("d", "is no domain name");
  out.domain = *domain_name;
  HK_ASSIGN(const auto selector, required(tags, "s"));
  const auto selector_name = dns_name(selector, 1);
  if (!selector_name) return wrong("s", "is no selector");
  out.selector = *selector_name;
  if (!lookup::has_valid_labels(key_name(out.selector, out.domain)))
    return wrong("s", "and d= make a name that is too long for DNS");
  return read_time(tags, "t", out.time_s);
}

Result<Signature> read_signature(const TagList& tags, FieldNames names) {
  Signature out;
  HK_TRY(read_signing(tags, out));
  HK_ASSIGN(out.body_hash, read_octets(tags, "bh"));
  HK_TRY(read_canonicalizations(tags, out));
  HK_TRY(read_signed_fields(tags, names, out));
  HK_TRY(check_query(tags));
  if (const auto* length = tags.find("l")) {
    out.length = decode_number(length->value, kLengthDigitsMax);
    if (!out.length) return wrong("l", "is not a number of at most 76 digits");
  }
  HK_TRY(read_time(tags, "x", out.expires_s));
  if (out.expires_s && out.time_s && *out.expires_s <= *out.time_s)
    return wrong("x", "is not after t=");
  out.identity_domain = out.domain;
  return out;
}

Result<Signature> parse_signature(std::string_view value) {
  HK_ASSIGN(const auto tags, TagList::parse(value));
  HK_ASSIGN(const auto version, required(tags, "v"));
  if (version != "1") return wrong("v", "is not 1");
  HK_ASSIGN(auto out, read_signature(tags, FieldNames::kWithFrom));
  HK_TRY(read_identity(tags, out));
  return out;
}

}  // namespace hikyaku::dkim
