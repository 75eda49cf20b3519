// SPDX-License-Identifier: Apache-2.0
// Property: base64 that is read prints as it was; an exchange ends with a question whose names hold
// to the rules, or says why not.
#include <cstdlib>

#include "protocol/sasl/base64.h"
#include "protocol/sasl/check.h"
#include "protocol/sasl/server_exchange.h"

namespace {

using namespace hikyaku::sasl;

void check(bool holds) {
  if (!holds) std::abort();
}

void run(std::string_view mechanism, std::string_view input) {
  ServerExchange exchange(ChannelSecurity::kEncrypted);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const bool initial = end > 0;
  Exchanged result = exchange.begin(
      mechanism, initial ? std::optional(input.substr(0, end)) : std::optional<std::string_view>());
  for (int steps = 0; std::holds_alternative<SendChallenge>(result); ++steps) {
    check(steps < 4);
    input.remove_prefix(std::min(input.size(), std::min(input.find('\n'), input.size()) + 1));
    result = exchange.line(input.substr(0, input.find('\n')));
  }
  if (const auto* verify = std::get_if<VerifyPassword>(&result)) {
    check(!check_name(verify->authcid, {}).has_value());
    check(verify->authzid.empty() || !check_name(verify->authzid, {}).has_value());
    check(!verify->password.empty());
  } else {
    check(!std::get<Failed>(result).text.empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto octets = base64_decode(input, 4096);
  if (octets) check(base64_encode(*octets) == input);
  check(base64_decode(base64_encode(input), size).value() == input);
  for (const MechanismInfo& info : mechanisms()) run(info.name, input);
  return 0;
}
