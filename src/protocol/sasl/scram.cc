// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/scram.h"

#include "protocol/sasl/base64.h"
#include "protocol/sasl/scram_message.h"

namespace hikyaku::sasl {
namespace {

constexpr std::size_t kNonceOctets = 18;  // 24 characters of base64, which has no comma

enum class Form : unsigned char { kBare, kPlus };

class Scram final : public Mechanism {
 public:
  Scram(Hash hash, Form form, const Context& context)
      : hash_(hash), form_(form), context_(context) {}

  Step start(std::optional<std::string_view> initial) override {
    return initial ? step(*initial) : Step(Challenge{});
  }

  Step step(std::string_view response) override {
    switch (stage_) {
      case Stage::kFirst: return take_first(response);
      case Stage::kFinal: return take_final(response);
      case Stage::kAcknowledged: break;
      case Stage::kKeys: return not_now();
    }
    // RFC 4422 §5.1: the client has the last word, which is empty.
    if (!response.empty()) return not_now();
    return Proven{user_, authzid_};
  }

  Step answer(ScramKeys keys) override {
    HK_ASSERT(stage_ == Stage::kKeys);
    stage_ = Stage::kFinal;
    keys_ = std::move(keys);
    server_first_ = "r=" + nonce_ + ",s=" + base64_encode(keys_.salt) +
                    ",i=" + std::to_string(keys_.iterations);
    return Challenge{server_first_};
  }

 private:
  enum class Stage : unsigned char { kFirst, kKeys, kFinal, kAcknowledged };

  [[nodiscard]] static Failed not_now() {
    return scram_error(Failure::kMalformed, "this is not the time for that message", "other-error");
  }

  Step take_first(std::string_view message) {
    auto parsed = parse_scram_first(message, context_.limits);
    if (auto* failed = std::get_if<Failed>(&parsed)) return std::move(*failed);
    auto& first = std::get<ScramFirst>(parsed);
    user_ = std::move(first.user);
    authzid_ = std::move(first.authzid);
    if (auto failed = choose_binding(first)) return *std::move(failed);
    wanted_binding_.insert(0, first.gs2_header);
    client_first_bare_ = first.bare;
    nonce_ = std::string(first.nonce) + base64_encode(context_.crypto->random(kNonceOctets));
    stage_ = Stage::kKeys;
    return FindScram{hash_, user_};
  }

  /// Sets wanted_binding_ to what the connection is named by (RFC 5802 §6).
  std::optional<Failed> choose_binding(const ScramFirst& first) {
    if (form_ == Form::kBare) {
      if (first.flag == BindingFlag::kUsed) {
        return failed(Failure::kMalformed, "channel binding needs the mechanism's -PLUS form",
                      "channel-binding-not-supported");
      }
      // We offer -PLUS, but the client did not get to see that: somebody took it out on the way.
      if (first.flag == BindingFlag::kUnoffered && context_.bindings.any()) {
        return failed(Failure::kBinding,
                      "somebody between us hides that channel binding is offered here",
                      "server-does-support-channel-binding");
      }
      return std::nullopt;
    }
    if (first.flag != BindingFlag::kUsed) {
      return failed(Failure::kMalformed, "the mechanism's -PLUS form needs channel binding",
                    "other-error");
    }
    const auto& bindings = context_.bindings;
    const auto* octets = first.binding_name == "tls-exporter" ? &bindings.tls_exporter
                         : first.binding_name == "tls-server-end-point"
                             ? &bindings.tls_server_end_point
                             : nullptr;
    if (octets == nullptr || !*octets) {
      return failed(Failure::kMalformed,
                    "this type of channel binding is not to be had on this connection",
                    "unsupported-channel-binding-type");
    }
    wanted_binding_ = **octets;
    return std::nullopt;
  }

  Step take_final(std::string_view message) {
    auto parsed = parse_scram_final(message, context_.limits);
    if (auto* bad = std::get_if<Failed>(&parsed)) {
      bad->authcid = user_;
      return std::move(*bad);
    }
    const auto& last = std::get<ScramFinal>(parsed);
    if (!Secret(nonce_).matches(last.nonce))
      return failed(Failure::kMalformed, "the nonce is not ours", "other-error");
    // RFC 5802 §6: the header is bound too, so that nobody can change the flag on the way.
    if (!Secret(wanted_binding_).matches(last.binding)) {
      return failed(Failure::kBinding, "the client's TLS connection is not ours",
                    "channel-bindings-dont-match");
    }
    const std::string message_signed =
        client_first_bare_ + "," + server_first_ + "," + std::string(last.without_proof);
    const Secret stored_key(keys_.stored_key);
    if (last.proof.size() != octets_of(hash_) ||
        !stored_key.matches(context_.crypto->hash(hash_, client_key(last.proof, message_signed)))) {
      return failed(Failure::kWrong, "wrong user or password", "invalid-proof");
    }
    stage_ = Stage::kAcknowledged;
    return Challenge{"v=" +
                     base64_encode(context_.crypto->hmac(hash_, keys_.server_key, message_signed))};
  }

  /// RFC 5802 §3: ClientKey = ClientProof XOR ClientSignature.
  [[nodiscard]] std::string client_key(std::string_view proof,
                                       std::string_view message_signed) const {
    std::string key = context_.crypto->hmac(hash_, keys_.stored_key, message_signed);
    HK_ASSERT(key.size() == proof.size());
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<char>(key[i] ^ proof[i]);
    return key;
  }

  [[nodiscard]] Failed failed(Failure failure, std::string_view text,
                              std::string_view value) const {
    Failed out = scram_error(failure, text, value);
    out.authcid = user_;
    return out;
  }

  Hash hash_;
  Form form_;
  Context context_;
  Stage stage_ = Stage::kFirst;
  std::string user_;
  std::string authzid_;
  std::string wanted_binding_;
  std::string nonce_;  ///< the client's, then ours
  std::string client_first_bare_;
  std::string server_first_;
  ScramKeys keys_;
};

}  // namespace

std::unique_ptr<Mechanism> make_scram_sha1(const Context& context) {
  return std::make_unique<Scram>(Hash::kSha1, Form::kBare, context);
}
std::unique_ptr<Mechanism> make_scram_sha1_plus(const Context& context) {
  return std::make_unique<Scram>(Hash::kSha1, Form::kPlus, context);
}
std::unique_ptr<Mechanism> make_scram_sha256(const Context& context) {
  return std::make_unique<Scram>(Hash::kSha256, Form::kBare, context);
}
std::unique_ptr<Mechanism> make_scram_sha256_plus(const Context& context) {
  return std::make_unique<Scram>(Hash::kSha256, Form::kPlus, context);
}

}  // namespace hikyaku::sasl
