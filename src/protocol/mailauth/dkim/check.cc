// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dkim/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include "protocol/mailauth/dkim/key_record.h"

namespace hikyaku::dkim {
namespace {

constexpr std::string_view kSha1 = "rsa-sha1 is no longer used (RFC 8301)";

Check permerror(std::string reason) { return {ResultCode::kPermError, std::move(reason)}; }

Check check_with_key(const Crypto& crypto, const KeyRecord& key, const Signing& signing,
                     const Digest& digest) {
  const auto checked = crypto.check(signing.algorithm, key.key, digest, signing.signature);
  Check out{.key_bits = checked.key_bits, .testing = key.testing};
  if (key.type == KeyRecord::Type::kRsa && checked.key_bits > 0 && checked.key_bits < kRsaBitsMin) {
    // RFC 8301 §3.2: "permanently failed evaluation".
    out.result = ResultCode::kPermError;
    out.reason = fmt::format("the RSA key has {} bits; {} at least", checked.key_bits, kRsaBitsMin);
  } else if (checked.status == SignatureCheck::Status::kUnusable) {
    out.result = ResultCode::kPermError;
    out.reason = "p= of the key record holds no usable key";
  } else if (checked.status == SignatureCheck::Status::kBad) {
    out.result = ResultCode::kFail;
    out.reason = "the signature did not verify: signed header fields were changed";
  } else {
    out.result = ResultCode::kPass;
  }
  return out;
}

/// Steps 5 to 8 of RFC 6376 §6.1.2, for one record.
Check check_with_record(const Crypto& crypto, std::string_view record, const Signing& signing,
                        IdentityDomain identity, const Digest& digest) {
  const auto key = parse_key_record(record);
  if (!key) return permerror("key record: " + key.error().text);
  if (!key->permits_sha256) return permerror("the key record's h= does not permit sha256");
  if (!key->for_email) return permerror("the key record's s= does not permit email");
  if (key->key.empty()) return permerror("the key was revoked");
  const bool ed25519 = signing.algorithm == Algorithm::kEd25519Sha256;
  if (ed25519 != (key->type == KeyRecord::Type::kEd25519))
    return permerror("the key record's k= is not the key type of a=");
  if (key->strict_identity && identity == IdentityDomain::kBelow)
    return permerror("i= is below d=, which the key record's t=s forbids");
  return check_with_key(crypto, *key, signing, digest);
}

}  // namespace

std::string_view name_of(ResultCode code) {
  switch (code) {
    case ResultCode::kPass: return "pass";
    case ResultCode::kFail: return "fail";
    case ResultCode::kPolicy: return "policy";
    case ResultCode::kNeutral: return "neutral";
    case ResultCode::kTempError: return "temperror";
    case ResultCode::kPermError: return "permerror";
  }
  return "";
}

std::string unsigned_form(Canonicalization kind, const mime::HeaderField& field, Span place) {
  const auto value = static_cast<std::size_t>(field.value.data() - field.raw.data());
  std::string text(field.raw.substr(0, value + place.begin));
  text += field.raw.substr(value + place.end);
  return canonical_field(kind, text);
}

Digest header_digest(const Crypto& crypto, const Header& header, Canonicalization kind,
                     std::span<const std::string> names, std::optional<std::size_t> own,
                     std::string_view closing) {
  const auto hasher = crypto.sha256();
  std::unordered_map<std::string_view, std::size_t> left;  // fields of a name not taken yet
  for (const auto& name : names) {
    const auto& places = header.named(name);
    auto& count = left.try_emplace(name, places.size()).first->second;
    if (count > 0 && own && places[count - 1] == *own) --count;
    if (count == 0) continue;  // §3.5, h=: a field that does not exist is the null string
    hasher->update(canonical_field(kind, header.fields()[places[--count]].raw));
    hasher->update("\r\n");
  }
  hasher->update(closing);
  return hasher->finish();
}

std::optional<Check> refuse_early(const Signature& signature, UnixTime now,
                                  std::chrono::seconds clock_skew) {
  // RFC 8301 §3.1: "permanently failed evaluation".
  if (signature.algorithm == Algorithm::kRsaSha1) return permerror(std::string(kSha1));
  const auto seconds_of = [](UnixTime time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    return seconds < 0 ? 0 : static_cast<std::uint64_t>(seconds);
  };
  // The clock of the signer may be off either way.
  if (signature.expires_s && seconds_of(now - clock_skew) > *signature.expires_s)
    return Check{ResultCode::kPolicy, "the signature has expired"};
  if (signature.time_s && *signature.time_s > seconds_of(now + clock_skew))
    return Check{ResultCode::kPolicy, "the signature is from the future"};
  return std::nullopt;
}

bool is_digest(std::string_view body_hash, const Digest& digest) {
  return std::ranges::equal(body_hash, digest, {},
                            [](char c) { return static_cast<std::uint8_t>(c); });
}

std::size_t unsigned_from_fields(const Header& header, const Signature& signature) {
  const auto there = header.named("from").size();
  const auto taken = static_cast<std::size_t>(std::ranges::count(signature.signed_fields, "from"));
  return there > taken ? there - taken : 0;
}

lookup::Question key_question(const Signing& signing) {
  return lookup::question(key_name(signing.selector, signing.domain), lookup::Type::kTxt);
}

Check check_signature(const Crypto& crypto, const lookup::Answer& answer, const Signing& signing,
                      IdentityDomain identity, const Digest& digest) {
  if (signing.algorithm == Algorithm::kRsaSha1) return permerror(std::string(kSha1));
  using Status = lookup::Answer::Status;
  if (answer.status == Status::kFailed)
    return {ResultCode::kTempError, "the key could not be had now: " + answer.why};
  if (answer.status != Status::kFound || answer.records.empty())
    return permerror("there is no key at " + key_question(signing).name);
  // §6.1.2: with several records "the Verifier can choose one of the key records or may cycle".
  std::optional<Check> best;
  for (const auto& record :
       std::span(answer.records).first(std::min(answer.records.size(), kKeyRecordsMax))) {
    auto check = check_with_record(crypto, record, signing, identity, digest);
    check.dnssec = answer.secure;
    if (check.result == ResultCode::kPass) return check;
    // The result of a key that could be used says more than that of a record that was none.
    if (!best || (best->result != ResultCode::kFail && check.result == ResultCode::kFail))
      best = std::move(check);
  }
  return *std::move(best);
}

}  // namespace hikyaku::dkim
