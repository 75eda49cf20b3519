// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/cram_md5.h"

#include <fmt/format.h>

#include "protocol/sasl/check.h"

namespace hikyaku::sasl {
namespace {

constexpr std::size_t kRandomOctets = 16;

std::string hex(std::string_view octets) {
  std::string out;
  for (const char c : octets) fmt::format_to(std::back_inserter(out), "{:02x}", c & 0xff);
  return out;
}

std::string small_letters(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

class CramMd5 final : public Mechanism {
 public:
  explicit CramMd5(const Context& context) : context_(context) {}

  Step start(std::optional<std::string_view> initial) override {
    // RFC 2195 §2: the server speaks first (RFC 4422 §3: so there is no initial response).
    if (initial) return Failed{Failure::kMalformed, "CRAM-MD5 has no initial response"};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(context_.now.time_since_epoch());
    // RFC 2195 §2: random digits, a time and our name, as in a Message-ID.
    challenge_ = fmt::format("<{}.{}@{}>", hex(context_.crypto->random(kRandomOctets)),
                             seconds.count(), context_.host);
    return Challenge{challenge_};
  }

  Step step(std::string_view response) override {
    // RFC 2195 §2: user, space, digest. A user's name may have spaces itself.
    const std::size_t space = response.rfind(' ');
    const std::string_view digest =
        space == response.npos ? std::string_view() : response.substr(space + 1);
    const bool is_hex = digest.find_first_not_of("0123456789abcdefABCDEF") == digest.npos;
    if (digest.size() != 2 * kMd5Octets || !is_hex) {
      return Failed{Failure::kMalformed, "CRAM-MD5 is user, space, 32 hexadecimal digits"};
    }
    user_ = std::string(response.substr(0, space));
    if (auto failed = check_name(user_, context_.limits)) return *std::move(failed);
    digest_ = small_letters(digest);
    return FindCramMd5{user_};
  }

  Step answer(const CramKeys& keys) override {
    const Secret wanted(hex(context_.crypto->hmac_md5(keys, challenge_)));
    if (!wanted.matches(digest_)) return Failed{Failure::kWrong, "wrong user or password", user_};
    return Proven{user_, {}};
  }

 private:
  Context context_;
  std::string challenge_;
  std::string user_;
  std::string digest_;
};

}  // namespace

std::unique_ptr<Mechanism> make_cram_md5(const Context& context) {
  return std::make_unique<CramMd5>(context);
}

}  // namespace hikyaku::sasl
