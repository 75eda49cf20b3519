// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dkim/sign.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "protocol/mailauth/dkim/check.h"
#include "protocol/mailauth/dkim/field_writer.h"
#include "protocol/mailauth/dkim/key_record.h"
#include "protocol/mailauth/dkim/tag_value.h"
#include "protocol/mailauth/lookup/name.h"

namespace hikyaku::dkim {
namespace {

/// RFC 6376 §2.11, for the local part of i=.
std::string quoted_printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    // RFC 8616 §5: octets of UTF-8 need no quoting.
    if (octet > ' ' && octet != 0x7f && c != ';' && c != '=') {
      out.push_back(c);
    } else {
      out += fmt::format("={:02X}", octet);
    }
  }
  return out;
}

std::string_view octets_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Status check_identity(const SignRequest& request) {
  if (request.identity.empty()) return {};
  const auto at = request.identity.rfind('@');
  const auto domain = dns_name(request.domain, 2);
  const auto below = at == std::string::npos
                         ? std::nullopt
                         : dns_name(std::string_view(request.identity).substr(at + 1), 2);
  if (!domain || !below || !lookup::is_within(*below, *domain))
    return permanent(request.identity + " is neither in " + request.domain + " nor below it");
  return {};
}

Result<std::string> sign_with(const Message& message, const Crypto& crypto,
                              const SignRequest& request, const std::vector<std::string>& names,
                              const Selector& selector) {
  HK_ASSIGN(const auto where, checked_selector(request.domain, selector));
  const auto algorithm = selector.key->algorithm();
  const auto body = message.body({request.body, {}});
  HK_ASSERT(body.has_value());  // the message was read with sign_wishes
  const auto now = std::chrono::floor<std::chrono::seconds>(request.now).time_since_epoch();

  FieldWriter writer("DKIM-Signature");
  writer.tag("v", "1");
  writer.tag("a", name_of(algorithm));
  writer.tag("c", fmt::format("{}/{}", name_of(request.header), name_of(request.body)));
  writer.tag("d", where.domain);
  writer.tag("s", where.selector);
  if (!request.identity.empty()) {
    const auto at = request.identity.rfind('@');
    writer.tag("i", quoted_printable(request.identity.substr(0, at)) + "@" +
                        dns_name(request.identity.substr(at + 1), 2).value());
  }
  writer.tag("t", fmt::to_string(now.count()));
  if (request.lifetime) writer.tag("x", fmt::to_string((now + *request.lifetime).count()));
  writer.list("h", names);
  writer.base64("bh", octets_of(body->digest));
  writer.signature();
  const auto digest = header_digest(crypto, message.header(), request.header, names, {},
                                    canonical_field(request.header, writer.unsigned_field()));
  HK_ASSIGN(const auto signature, selector.key->sign(digest));
  return writer.finish(signature);
}

}  // namespace

const SignedFields& default_signed_fields() {
  static const SignedFields fields{
      .always = {"from", "reply-to", "to", "cc", "subject", "date"},
      .if_there = {"sender", "message-id", "in-reply-to", "references", "mime-version",
                   "content-type", "content-transfer-encoding"},
      // RFC 8058 §4: List-Unsubscribe and List-Unsubscribe-Post must be signed.
      .as_they_are = {"resent-date", "resent-from", "resent-sender", "resent-to", "resent-cc",
                      "resent-message-id", "list-id", "list-help", "list-unsubscribe",
                      "list-unsubscribe-post", "list-subscribe", "list-post", "list-owner",
                      "list-archive", "auto-submitted", "feedback-id"},
  };
  return fields;
}

std::vector<std::string> names_to_sign(const Header& header, const SignedFields& fields) {
  std::vector<std::string> out;
  const auto add = [&](const std::vector<std::string>& names, std::size_t more, bool absent_too) {
    for (const auto& name : names) {
      const auto there = header.named(name).size();
      if (there > 0 || absent_too) out.insert(out.end(), there + more, name);
    }
  };
  add(fields.always, 1, true);
  add(fields.if_there, 1, false);
  add(fields.as_they_are, 0, false);
  return out;
}

Result<std::vector<std::string>> checked_names(const Message& message, const SignedFields& fields) {
  if (message.header().too_large())
    return permanent(fmt::format("the header is over {} octets", kHeaderOctetsMax));
  // RFC 6376 §5.4: "The From header field MUST be signed".
  if (message.header().named("from").empty()) return permanent("there is no From field to sign");
  // It would become part of the signature that is put in front of it.
  if (const auto& first = message.header().fields().front().raw;
      first.starts_with(' ') || first.starts_with('\t'))
    return permanent("the message begins with a continuation line");
  auto names = names_to_sign(message.header(), fields);
  if (std::ranges::find(names, "from") == names.end())
    return permanent("From is not among the fields to sign");
  if (names.size() > kSignedNamesMax)
    return permanent(
        fmt::format("{} header fields to sign; {} at most", names.size(), kSignedNamesMax));
  return names;
}

Result<KeyPlace> checked_selector(std::string_view domain, const Selector& selector) {
  // RFC 8301 §3.1: "rsa-sha1 MUST NOT be used for signing".
  if (selector.key->algorithm() == Algorithm::kRsaSha1)
    return permanent("rsa-sha1 must not be used");
  auto domain_name = dns_name(domain, 2);
  if (!domain_name)
    return permanent(std::string(domain) + " is no domain name that a signature can have");
  auto name = dns_name(selector.name, 1);
  if (!name) return permanent(selector.name + " is no selector");
  if (!lookup::has_valid_labels(key_name(*name, *domain_name)))
    return permanent(key_name(*name, *domain_name) + " is too long for DNS");
  return KeyPlace{*std::move(domain_name), *std::move(name)};
}

std::vector<BodyWish> sign_wishes(const SignRequest& request) { return {{request.body, {}}}; }

Result<std::string> sign(const Message& message, const Crypto& crypto, const SignRequest& request) {
  HK_TRY(check_identity(request));
  HK_ASSIGN(const auto names, checked_names(message, request.fields));
  std::string out;
  for (const auto& selector : request.keys) {
    HK_ASSIGN(const auto field, sign_with(message, crypto, request, names, selector));
    out += field;
  }
  return out;
}

}  // namespace hikyaku::dkim
