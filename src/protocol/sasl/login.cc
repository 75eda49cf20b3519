// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/login.h"

#include "protocol/sasl/check.h"

namespace hikyaku::sasl {
namespace {

// draft-murchison-sasl-login-00 §2: the prompts are fixed, some clients compare them.
constexpr std::string_view kUserPrompt = "Username:";
constexpr std::string_view kPasswordPrompt = "Password:";

class Login final : public Mechanism {
 public:
  explicit Login(const Limits& limits) : limits_(limits) {}

  Step start(std::optional<std::string_view> initial) override {
    return initial ? step(*initial) : Step(Challenge{std::string(kUserPrompt)});
  }

  Step step(std::string_view response) override {
    if (!user_) {
      if (auto failed = check_name(response, limits_)) return *std::move(failed);
      user_ = std::string(response);
      return Challenge{std::string(kPasswordPrompt)};
    }
    return verify_password(*user_, {}, response, limits_);
  }

 private:
  Limits limits_;
  std::optional<std::string> user_;
};

}  // namespace

std::unique_ptr<Mechanism> make_login(const Context& context) {
  return std::make_unique<Login>(context.limits);
}

}  // namespace hikyaku::sasl
