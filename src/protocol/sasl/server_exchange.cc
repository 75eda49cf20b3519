// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/server_exchange.h"

#include <algorithm>

#include "base/assert.h"
#include "base/secret.h"
#include "protocol/sasl/base64.h"

namespace hikyaku::sasl {

std::optional<Failed> ServerExchange::choose(std::string_view name) {
  const MechanismInfo* info = find_mechanism(name);
  if (info == nullptr) return Failed{Failure::kUnknown, "this mechanism is not known here"};
  if (settings_.channel.security == ChannelSecurity::kPlain)
    return Failed{Failure::kNeedsTls, "start TLS first: nobody logs in without it"};
  const auto names = offered(settings_.channel, settings_.allowed);
  if (std::ranges::find(names, info->name) == names.end())
    return Failed{Failure::kUnknown, "this mechanism is not offered here"};
  mechanism_ =
      info->make(Context{.limits = settings_.limits,
                         .bindings = settings_.allowed.channel_binding ? settings_.channel.bindings
                                                                       : ChannelBindings{},
                         .host = settings_.host,
                         .now = settings_.now,
                         .crypto = settings_.crypto});
  return std::nullopt;
}

Step ServerExchange::start(std::string_view mechanism, std::optional<std::string_view> initial) {
  if (auto failed = choose(mechanism)) return *std::move(failed);
  if (initial && initial->size() > settings_.limits.response_octets_max)
    return finish(Failed{Failure::kTooLong, "the response is too long"});
  return finish(mechanism_->start(initial));
}

Step ServerExchange::begin(std::string_view mechanism, std::optional<std::string_view> initial) {
  if (auto failed = choose(mechanism)) return *std::move(failed);
  if (!initial) return finish(mechanism_->start(std::nullopt));
  // RFC 4954 §4, RFC 4959 §3: "=" is an initial response without octets.
  if (*initial == "=") return finish(mechanism_->start(""));
  return decode_and(*initial,
                    [this](std::string_view octets) { return mechanism_->start(octets); });
}

Step ServerExchange::line(std::string_view text) {
  HK_ASSERT(mechanism_ != nullptr);
  if (text == "*") return finish(Failed{Failure::kCancelled, "cancelled, as you asked"});
  return decode_and(text, [this](std::string_view octets) { return mechanism_->step(octets); });
}

Step ServerExchange::respond(std::string_view octets) {
  HK_ASSERT(mechanism_ != nullptr);
  if (octets.size() > settings_.limits.response_octets_max)
    return finish(Failed{Failure::kTooLong, "the response is too long"});
  return finish(mechanism_->step(octets));
}

Step ServerExchange::answer(ScramKeys keys) {
  HK_ASSERT(mechanism_ != nullptr);
  return finish(mechanism_->answer(std::move(keys)));
}

Step ServerExchange::answer(const CramKeys& keys) {
  HK_ASSERT(mechanism_ != nullptr);
  return finish(mechanism_->answer(keys));
}

template <class Feed>
Step ServerExchange::decode_and(std::string_view text, Feed feed) {
  if (text.size() > line_octets_max())
    return finish(Failed{Failure::kTooLong, "the response is too long"});
  Result<std::string> octets = base64_decode(text, settings_.limits.response_octets_max);
  if (!octets) return finish(Failed{Failure::kMalformed, std::move(octets).error().text});
  Step step = feed(std::string_view(*octets));
  wipe(*octets);
  return finish(std::move(step));
}

Step ServerExchange::finish(Step step) {
  const bool goes_on = std::holds_alternative<Challenge>(step) ||
                       std::holds_alternative<FindScram>(step) ||
                       std::holds_alternative<FindCramMd5>(step);
  if (!goes_on) mechanism_.reset();
  return step;
}

}  // namespace hikyaku::sasl
