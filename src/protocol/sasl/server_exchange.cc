// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/server_exchange.h"

#include "base/assert.h"
#include "base/secret.h"
#include "protocol/sasl/base64.h"

namespace hikyaku::sasl {

Exchanged ServerExchange::begin(std::string_view mechanism,
                                std::optional<std::string_view> initial) {
  const MechanismInfo* info = find_mechanism(mechanism);
  if (info == nullptr) return Failed{Failure::kUnknown, "this mechanism is not known here"};
  if (info->exposure == Exposure::kPassword && channel_ == ChannelSecurity::kPlain) {
    return Failed{Failure::kNeedsTls, "start TLS first: this mechanism shows the password"};
  }
  mechanism_ = info->make(limits_);
  if (!initial) return finish(mechanism_->start(std::nullopt));
  // RFC 4954 §4, RFC 4959 §3: "=" is an initial response without octets.
  if (*initial == "=") return finish(mechanism_->start(""));
  return decode_and(*initial,
                    [this](std::string_view octets) { return mechanism_->start(octets); });
}

Exchanged ServerExchange::line(std::string_view text) {
  HK_ASSERT(mechanism_ != nullptr);
  if (text == "*") {
    mechanism_.reset();
    return Failed{Failure::kCancelled, "cancelled, as you asked"};
  }
  return decode_and(text, [this](std::string_view octets) { return mechanism_->step(octets); });
}

template <class Feed>
Exchanged ServerExchange::decode_and(std::string_view text, Feed feed) {
  if (text.size() > line_octets_max()) {
    mechanism_.reset();
    return Failed{Failure::kTooLong, "the response is too long"};
  }
  Result<std::string> octets = base64_decode(text, limits_.response_octets_max);
  if (!octets) {
    mechanism_.reset();
    return Failed{Failure::kMalformed, std::move(octets).error().text};
  }
  Step step = feed(std::string_view(*octets));
  wipe(*octets);
  return finish(std::move(step));
}

Exchanged ServerExchange::finish(Step step) {
  if (auto* challenge = std::get_if<Challenge>(&step)) {
    return SendChallenge{base64_encode(challenge->octets)};
  }
  mechanism_.reset();
  if (auto* verify = std::get_if<VerifyPassword>(&step)) return std::move(*verify);
  return std::get<Failed>(std::move(step));
}

}  // namespace hikyaku::sasl
