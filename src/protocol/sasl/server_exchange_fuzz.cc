// SPDX-License-Identifier: Apache-2.0
// Property: base64 that is read prints as it was; an exchange ends with a question whose names hold
// to the rules, with a proof that is one, or says why not.
#include <cstdlib>

#include "protocol/sasl/base64.h"
#include "protocol/sasl/check.h"
#include "protocol/sasl/saslprep.h"
#include "protocol/sasl/scram_message.h"
#include "protocol/sasl/server_exchange.h"

namespace {

using namespace hikyaku::sasl;

void check(bool holds) {
  if (!holds) std::abort();
}

/// Sums that anybody can guess, so that a fuzzer gets past the proof.
class Toy final : public Crypto {
 public:
  [[nodiscard]] std::string hash(Hash hash, std::string_view /*octets*/) const override {
    return std::string(octets_of(hash), 'h');
  }
  [[nodiscard]] std::string hmac(Hash hash, std::string_view /*key*/,
                                 std::string_view /*octets*/) const override {
    return std::string(octets_of(hash), 'm');
  }
  [[nodiscard]] std::string hmac_md5(const CramKeys& /*keys*/,
                                     std::string_view /*octets*/) const override {
    return std::string(kMd5Octets, 'm');
  }
  [[nodiscard]] std::string random(std::size_t octets) const override {
    return std::string(octets, 'r');
  }
};

void check_names(std::string_view authcid, std::string_view authzid) {
  check(!check_name(authcid, {}).has_value());
  check(authzid.empty() || !check_name(authzid, {}).has_value());
}

void run(std::string_view mechanism, std::string_view input) {
  static const Toy toy;
  ServerExchange exchange(
      {.channel = {.security = ChannelSecurity::kEncrypted,
                   .bindings = {.tls_exporter = "x", .tls_server_end_point = "y"}},
       .allowed = {.scram = true, .cram_md5 = true},
       .host = "host",
       .crypto = &toy});
  const std::size_t end = std::min(input.find('\n'), input.size());
  const bool initial = end > 0;
  Step result = exchange.begin(
      mechanism, initial ? std::optional(input.substr(0, end)) : std::optional<std::string_view>());
  for (int steps = 0;; ++steps) {
    check(steps < 8);
    if (std::holds_alternative<Challenge>(result)) {
      input.remove_prefix(std::min(input.size(), std::min(input.find('\n'), input.size()) + 1));
      result = exchange.line(input.substr(0, input.find('\n')));
    } else if (const auto* scram = std::get_if<FindScram>(&result)) {
      check_names(scram->authcid, {});
      const std::string key(octets_of(scram->hash), 'h');
      result = exchange.answer(ScramKeys{"salt", 1, key, key});
    } else if (const auto* cram = std::get_if<FindCramMd5>(&result)) {
      check_names(cram->authcid, {});
      result = exchange.answer(CramKeys{"inner", "outer"});
    } else {
      break;
    }
  }
  if (const auto* verify = std::get_if<VerifyPassword>(&result)) {
    check_names(verify->authcid, verify->authzid);
    check(!verify->password.empty());
  } else if (const auto* proven = std::get_if<Proven>(&result)) {
    check_names(proven->authcid, proven->authzid);
  } else {
    check(!std::get<Failed>(result).text.empty());
  }
}

void parse(std::string_view input) {
  const auto first = parse_scram_first(input, {});
  if (const auto* message = std::get_if<ScramFirst>(&first)) {
    check_names(message->user, message->authzid);
    check(std::string(message->gs2_header) + std::string(message->bare) == input);
    check(!message->nonce.empty() && !message->nonce.contains(','));
  }
  const auto last = parse_scram_final(input, {});
  if (const auto* message = std::get_if<ScramFinal>(&last)) {
    check(std::string(message->without_proof) + ",p=" + base64_encode(message->proof) == input);
    check(message->without_proof.starts_with("c=" + base64_encode(message->binding) + ",r="));
  }
}

void prepare(std::string_view input) {
  const auto once = saslprep(hikyaku::Secret(input.substr(0, 200)));
  if (once) check(!once->empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto octets = base64_decode(input, 4096);
  if (octets) check(base64_encode(*octets) == input);
  check(base64_decode(base64_encode(input), size).value() == input);
  for (const MechanismInfo& info : mechanisms()) run(info.name, input);
  parse(input);
  prepare(input);
  return 0;
}
