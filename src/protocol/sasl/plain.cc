// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/plain.h"

#include "protocol/sasl/check.h"

namespace hikyaku::sasl {
namespace {

class Plain final : public Mechanism {
 public:
  explicit Plain(const Limits& limits) : limits_(limits) {}

  Step start(std::optional<std::string_view> initial) override {
    return initial ? step(*initial) : Step(Challenge{});
  }

  Step step(std::string_view response) override {
    constexpr char kNul = '\0';
    const std::size_t first = response.find(kNul);
    const std::size_t second =
        first == response.npos ? response.npos : response.find(kNul, first + 1);
    if (second == response.npos || response.find(kNul, second + 1) != response.npos) {
      return Failed{Failure::kMalformed, "PLAIN is authzid, NUL, user, NUL, password"};
    }
    const std::string_view authzid = response.substr(0, first);
    const std::string_view authcid = response.substr(first + 1, second - first - 1);
    const std::string_view password = response.substr(second + 1);
    if (!authzid.empty()) {
      if (auto failed = check_name(authzid, limits_)) return *std::move(failed);
    }
    return verify_password(authcid, authzid, password, limits_);
  }

 private:
  Limits limits_;
};

}  // namespace

std::unique_ptr<Mechanism> make_plain(const Context& context) {
  return std::make_unique<Plain>(context.limits);
}

}  // namespace hikyaku::sasl
