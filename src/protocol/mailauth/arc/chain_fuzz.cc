// SPDX-License-Identifier: Apache-2.0
// Property: any header is a chain of whole sets, no chain, or one with a problem; validating comes
// to an end; whatever it comes to, a message sealed with it is what the seal says.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "protocol/mailauth/arc/seal.h"
#include "protocol/mailauth/arc/verify.h"
#include "protocol/mailauth/dkim/testing/fake_crypto.h"
#include "protocol/mime/transfer_encoding.h"

namespace {

using namespace hikyaku;

void require(bool condition) {
  if (!condition) std::abort();
}

const dkim::FakeCrypto kCrypto;
const dkim::FakeKey kKey(dkim::Algorithm::kRsaSha256, "2048:alice");

arc::Validation validate(std::string_view text) {
  const lookup::Answer answer{lookup::Answer::Status::kFound,
                              {"p=" + mime::base64_line(kKey.public_key())}};
  const auto message = dkim::read_message(kCrypto, {arc::verify_wishes}, text);
  lookup::Facts facts;
  for (int round = 0; round < 3; ++round) {
    lookup::Asker asker(facts);
    auto out = arc::verify(message, kCrypto, asker, {});
    if (asker.missing().empty()) return out;
    for (const auto& question : asker.missing()) facts.add(question, answer);
  }
  std::abort();  // all keys are asked for at once
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto before = validate(text);
  require((before.status == arc::ChainStatus::kFail) == !before.reason.empty());
  require((before.status == arc::ChainStatus::kPass) == !before.custodians.empty());
  arc::SealRequest request{.domain = "example.org",
                           .key = {"s", &kKey},
                           .status = before.status,
                           .results = "mx.example.org; none",
                           .now = {}};
  const auto wishes = [&](const dkim::Header&) { return arc::seal_wishes(request); };
  const auto set = arc::seal(dkim::read_message(kCrypto, {wishes}, text), kCrypto, request);
  if (!set || set->empty()) return 0;
  const auto after = validate(*set + text);
  const bool failed = before.status == arc::ChainStatus::kFail;
  require(after.status == (failed ? arc::ChainStatus::kFail : arc::ChainStatus::kPass));
  require(after.highest == before.highest + 1 && after.ended == failed);
  return 0;
}
