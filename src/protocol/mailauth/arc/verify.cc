// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/arc/verify.h"

#include <fmt/format.h>

#include <algorithm>

namespace hikyaku::arc {
namespace {

using dkim::Canonicalization;
using dkim::Check;
using dkim::ResultCode;

/// One run of §5.2 over a chain whose structure is valid.
class Validator {
 public:
  Validator(const dkim::Message& message, const dkim::Crypto& crypto, const Chain& chain)
      : message_(message), crypto_(crypto), chain_(chain) {}

  /// Step 4: the newest message signature.
  Check signature(const lookup::Answer& answer, const VerifyPolicy& policy) const {
    const auto& set = chain_.sets.back();
    const auto& signature = set.signature;
    if (auto refused = dkim::refuse_early(signature, policy.now, policy.clock_skew))
      return *std::move(refused);
    const auto& header = message_.header();
    const auto digest = dkim::header_digest(
        crypto_, header, signature.header, signature.signed_fields, set.signature_field,
        dkim::unsigned_form(signature.header, header.fields()[set.signature_field],
                            signature.signature_place));
    auto check =
        dkim::check_signature(crypto_, answer, signature, dkim::IdentityDomain::kSame, digest);
    if (check.result != ResultCode::kPass) return check;
    const auto whole = message_.body({signature.body, {}});
    const auto part = message_.body(signature.body_wish());
    if (!whole || !part) return {ResultCode::kFail, "l= is more than the body has"};
    if (whole->octets != signature.length.value_or(whole->octets))
      return {ResultCode::kPolicy, "l= leaves some of the body unsigned"};
    if (!dkim::is_digest(signature.body_hash, part->digest))
      return {ResultCode::kFail, "the body hash did not verify: the body was changed"};
    return check;
  }

  /// Step 6: all seals. Each covers all sets up to its own, so that one running hash does for all.
  Check seals(const std::vector<const lookup::Answer*>& answers) const {
    const auto hasher = crypto_.sha256();
    for (std::size_t i = 0; i < chain_.sets.size(); ++i) {
      const auto& set = chain_.sets[i];
      add(*hasher, set.results);
      add(*hasher, set.signature_field);
      const auto own = hasher->clone();
      own->update(dkim::unsigned_form(Canonicalization::kRelaxed, field(set.seal_field),
                                      set.seal.signature_place));
      auto check = dkim::check_signature(crypto_, *answers[i], set.seal,
                                         dkim::IdentityDomain::kSame, own->finish());
      if (check.result != ResultCode::kPass) {
        check.reason = fmt::format("ARC-Seal {}: {}", i + 1, check.reason);
        return check;
      }
      add(*hasher, set.seal_field);
    }
    return {ResultCode::kPass, {}};
  }

 private:
  [[nodiscard]] const mime::HeaderField& field(std::size_t place) const {
    return message_.header().fields()[place];
  }
  void add(dkim::Hasher& hasher, std::size_t place) const {
    hasher.update(dkim::canonical_field(Canonicalization::kRelaxed, field(place).raw));
    hasher.update("\r\n");
  }

  const dkim::Message& message_;
  const dkim::Crypto& crypto_;
  const Chain& chain_;
};

bool fails(const Check& check, std::string_view what, Validation& out) {
  if (check.result == ResultCode::kPass) return false;
  out.status = ChainStatus::kFail;
  out.reason = std::string(what) + check.reason;
  out.dns_failed = check.result == ResultCode::kTempError;
  return true;
}

}  // namespace

std::vector<dkim::BodyWish> verify_wishes(const dkim::Header& header) {
  const auto chain = read_chain(header);
  if (chain.sets.empty()) return {};
  return {chain.sets.back().signature.body_wish()};
}

Validation verify(const dkim::Message& message, const dkim::Crypto& crypto, lookup::Asker& asker,
                  const VerifyPolicy& policy) {
  const auto chain = read_chain(message.header());
  Validation out{.highest = chain.highest, .ended = chain.ended};
  if (chain.empty()) return out;
  out.status = ChainStatus::kFail;
  out.reason = chain.problem;
  if (chain.sets.empty()) return out;
  const auto& last = chain.sets.back().signature;
  const auto* signature_answer = asker.ask(dkim::key_question(last));
  std::vector<const lookup::Answer*> seal_answers;
  for (const auto& set : chain.sets)
    seal_answers.push_back(asker.ask(dkim::key_question(set.seal)));
  if (!asker.missing().empty()) return out;

  const Validator validator(message, crypto, chain);
  const auto what = fmt::format("ARC-Message-Signature {}: ", chain.highest);
  if (fails(validator.signature(*signature_answer, policy), what, out)) return out;
  if (fails(validator.seals(seal_answers), "", out)) return out;
  out.status = ChainStatus::kPass;
  for (const auto& set : chain.sets)
    out.custodians.push_back(
        {set.seal.domain, std::string(message.header().fields()[set.results].value)});
  out.signs_from = dkim::unsigned_from_fields(message.header(), last) == 0;
  return out;
}

}  // namespace hikyaku::arc
