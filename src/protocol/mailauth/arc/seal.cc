// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/arc/seal.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "protocol/mailauth/dkim/check.h"
#include "protocol/mailauth/dkim/field_writer.h"

namespace hikyaku::arc {
namespace {

using dkim::canonical_field;
using dkim::Canonicalization;

/// What the three fields of a set have in common.
struct Writing {
  const dkim::Message& message;
  const dkim::Crypto& crypto;
  const SealRequest& request;
  std::string domain;
  std::string selector;
  std::string instance;
  std::string time_s;
};

/// In one line or folded by whoever wrote it, and nothing that ends a header.
bool is_field_value(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\0' || c == '\n') return false;
    if (c != '\r') continue;
    const auto fold = text.substr(i, 3);
    if (fold != "\r\n " && fold != "\r\n\t") return false;
    // A line of white space only would be taken for the end of the header by some.
    const auto end = text.find("\r", i + 2);
    if (text.substr(i + 2, end - i - 2).find_first_not_of(" \t") == std::string_view::npos)
      return false;
    i += 2;
  }
  return !text.empty();
}

Result<std::string> write_signature(const Writing& w, const std::vector<std::string>& names) {
  const auto& request = w.request;
  const auto body = w.message.body({request.body, {}});
  HK_ASSERT(body.has_value());  // the message was read with seal_wishes
  // Why in one piece: the seal covers the spaces of folds too, and the public tests have none.
  dkim::FieldWriter writer("ARC-Message-Signature", dkim::FieldWriter::Base64::kWhole);
  writer.tag("a", name_of(request.key.key->algorithm()));
  writer.signature();
  writer.base64("bh", {reinterpret_cast<const char*>(body->digest.data()), body->digest.size()});
  writer.tag("c", fmt::format("{}/{}", name_of(request.header), name_of(request.body)));
  writer.tag("d", w.domain);
  writer.list("h", names);
  writer.tag("i", w.instance);
  writer.tag("s", w.selector);
  writer.tag("t", w.time_s);
  const auto digest = dkim::header_digest(w.crypto, w.message.header(), request.header, names, {},
                                          canonical_field(request.header, writer.unsigned_field()));
  HK_ASSIGN(const auto signature, request.key.key->sign(digest));
  return writer.finish(signature);
}

/// §5.1.1, and §5.1.2 for a chain that failed.
Result<std::string> write_seal(const Writing& w, const Chain& chain, std::string_view results,
                               std::string_view signature) {
  dkim::FieldWriter writer("ARC-Seal", dkim::FieldWriter::Base64::kWhole);
  writer.tag("a", name_of(w.request.key.key->algorithm()));
  writer.signature();
  writer.tag("cv", name_of(w.request.status));
  writer.tag("d", w.domain);
  writer.tag("i", w.instance);
  writer.tag("s", w.selector);
  writer.tag("t", w.time_s);
  const auto hasher = w.crypto.sha256();
  const auto add = [&](std::string_view field) {
    hasher->update(canonical_field(Canonicalization::kRelaxed, field));
    hasher->update("\r\n");
  };
  if (w.request.status == ChainStatus::kPass) {
    const auto& fields = w.message.header().fields();
    for (const auto& set : chain.sets) {
      add(fields[set.results].raw);
      add(fields[set.signature_field].raw);
      add(fields[set.seal_field].raw);
    }
  }
  add(results);
  add(signature);
  hasher->update(canonical_field(Canonicalization::kRelaxed, writer.unsigned_field()));
  HK_ASSIGN(const auto octets, w.request.key.key->sign(hasher->finish()));
  return writer.finish(octets);
}

}  // namespace

const dkim::SignedFields& default_signed_fields() {
  static const auto fields = [] {
    const auto& ours = dkim::default_signed_fields();
    dkim::SignedFields out;
    for (const auto* names : {&ours.always, &ours.if_there, &ours.as_they_are})
      out.as_they_are.insert(out.as_they_are.end(), names->begin(), names->end());
    out.as_they_are.emplace_back("dkim-signature");
    return out;
  }();
  return fields;
}

std::vector<dkim::BodyWish> seal_wishes(const SealRequest& request) { return {{request.body, {}}}; }

Result<std::string> seal(const dkim::Message& message, const dkim::Crypto& crypto,
                         const SealRequest& request) {
  const auto chain = read_chain(message.header());
  if (chain.ended || chain.full || chain.highest >= kInstancesMax) return std::string();
  // A broken structure can't have passed, and what has no ARC field has no chain.
  if ((request.status == ChainStatus::kNone) != chain.empty() ||
      (request.status == ChainStatus::kPass && chain.sets.empty()))
    return permanent(fmt::format("the chain can't be sealed as {}: {}", name_of(request.status),
                                 chain.problem.empty() ? "it has other sets" : chain.problem));
  if (!is_field_value(request.results))
    return permanent("the authentication results are no value of a header field");
  HK_ASSIGN(const auto names, dkim::checked_names(message, request.fields));
  HK_ASSIGN(auto where, dkim::checked_selector(request.domain, request.key));
  const auto now = std::chrono::floor<std::chrono::seconds>(request.now).time_since_epoch();
  const Writing writing{.message = message,
                        .crypto = crypto,
                        .request = request,
                        .domain = std::move(where.domain),
                        .selector = std::move(where.selector),
                        .instance = fmt::to_string(chain.highest + 1),
                        .time_s = fmt::to_string(now.count())};
  const auto results =
      fmt::format("ARC-Authentication-Results: i={}; {}\r\n", writing.instance, request.results);
  HK_ASSIGN(const auto signature, write_signature(writing, names));
  HK_ASSIGN(const auto seal_field, write_seal(writing, chain, results, signature));
  return seal_field + signature + results;
}

}  // namespace hikyaku::arc
