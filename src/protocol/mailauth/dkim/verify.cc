// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dkim/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "protocol/mailauth/dkim/signature.h"

namespace hikyaku::dkim {
namespace {

constexpr std::string_view kFieldName = "dkim-signature";
constexpr std::size_t kSignatureStartOctets = 8;  // RFC 6008 §4: at least so many

/// A signature whose key is to be looked at.
struct Candidate {
  std::size_t field = 0;
  Signature signature;
  const lookup::Answer* answer = nullptr;
  std::size_t outcome = 0;  ///< its place among the outcomes
};

std::span<const std::size_t> topmost(const std::vector<std::size_t>& places) {
  return std::span(places).first(std::min(places.size(), kSignaturesMax));
}

/// What b= begins with, also of a field that is otherwise broken.
std::string signature_start(std::string_view value) {
  std::string out;
  const auto tags = TagList::parse(value);
  const auto* tag = tags ? tags->find("b") : nullptr;
  if (tag == nullptr) return out;
  for (const char c : tag->value) {
    if (c > ' ' && c < '\x7f') out.push_back(c);
    if (out.size() == kSignatureStartOctets) break;
  }
  return out;
}

void describe(const Signature& signature, Outcome& out) {
  out.domain = signature.domain;
  out.selector = signature.selector;
  out.identity = signature.identity();
  out.algorithm = signature.algorithm;
}

/// Steps 1 to 3 of RFC 6376 §6.1.3: the body. nullopt: it is as it was signed.
std::optional<Check> check_body(const Message& message, const Signature& signature,
                                Outcome& outcome) {
  const auto whole = message.body({signature.body, {}});
  const auto signed_part = message.body(signature.body_wish());
  if (!whole || !signed_part) {
    // §3.5: "This value MUST NOT be larger than the actual number of octets".
    return Check{ResultCode::kPermError,
                 fmt::format("l= says {} octets, and the body has {}", signature.length.value_or(0),
                             whole ? whole->octets : 0)};
  }
  outcome.unsigned_octets = signature.length ? whole->octets - *signature.length : 0;
  if (!is_digest(signature.body_hash, signed_part->digest))
    return Check{ResultCode::kFail, "the body hash did not verify: the body was changed"};
  return std::nullopt;
}

/// What speaks against a signature that verified.
std::optional<Check> refuse_late(const Message& message, const Signature& signature,
                                 const Outcome& outcome, const VerifyPolicy& policy) {
  if (outcome.unsigned_octets > 0 && policy.part_of_body == PartOfBody::kRefuse)
    return Check{ResultCode::kPolicy,
                 fmt::format("l= leaves {} octets of the body unsigned", outcome.unsigned_octets)};
  // RFC 6376 §8.15: a second From, put in front of the signed one, is what is shown to people.
  if (const auto from = unsigned_from_fields(message.header(), signature); from > 0)
    return Check{ResultCode::kPolicy, fmt::format("{} of the From fields are not signed", from)};
  return std::nullopt;
}

Check evaluate(const Message& message, const Crypto& crypto, const Candidate& candidate,
               const VerifyPolicy& policy, Outcome& outcome) {
  const auto& signature = candidate.signature;
  const auto& header = message.header();
  const auto digest = header_digest(
      crypto, header, signature.header, signature.signed_fields, candidate.field,
      unsigned_form(signature.header, header.fields()[candidate.field], signature.signature_place));
  const auto identity = signature.identity_domain == signature.domain ? IdentityDomain::kSame
                                                                      : IdentityDomain::kBelow;
  auto check = check_signature(crypto, *candidate.answer, signature, identity, digest);
  // A key that can't be had or used is told before anything about the message: §6.1.2 comes first.
  if (check.result != ResultCode::kPass && check.result != ResultCode::kFail) return check;
  auto against = check_body(message, signature, outcome);
  if (!against && check.result == ResultCode::kPass)
    against = refuse_late(message, signature, outcome, policy);
  if (against) {
    check.result = against->result;
    check.reason = std::move(against->reason);
  }
  return check;
}

void record(Check check, Outcome& out) {
  out.result = check.result;
  out.reason = std::move(check.reason);
  out.key_bits = check.key_bits;
  out.testing = check.testing;
  out.dnssec = check.dnssec;
}

}  // namespace

std::vector<BodyWish> verify_wishes(const Header& header) {
  std::vector<BodyWish> out;
  for (const auto place : topmost(header.named(kFieldName))) {
    const auto signature = parse_signature(header.fields()[place].value);
    if (signature) out.push_back(signature->body_wish());
  }
  return out;
}

Verification verify(const Message& message, const Crypto& crypto, lookup::Asker& asker,
                    const VerifyPolicy& policy) {
  Verification out{.header_too_large = message.header().too_large()};
  const auto& places = message.header().named(kFieldName);
  const auto checked = topmost(places);
  out.not_checked = places.size() - checked.size();
  std::vector<Candidate> candidates;
  for (const auto place : checked) {
    const auto& value = message.header().fields()[place].value;
    auto& outcome = out.signatures.emplace_back();
    outcome.signature_start = signature_start(value);
    auto signature = parse_signature(value);
    if (!signature) {
      outcome.reason = "the signature can't be read: " + signature.error().text;
      continue;
    }
    describe(*signature, outcome);
    if (auto refused = refuse_early(*signature, policy.now, policy.clock_skew)) {
      record(*std::move(refused), outcome);
      continue;
    }
    const auto* answer = asker.ask(key_question(*signature));
    candidates.push_back({place, *std::move(signature), answer, out.signatures.size() - 1});
  }
  if (!asker.missing().empty()) return out;
  for (const auto& candidate : candidates) {
    auto& outcome = out.signatures[candidate.outcome];
    record(evaluate(message, crypto, candidate, policy, outcome), outcome);
  }
  return out;
}

}  // namespace hikyaku::dkim
