// SPDX-License-Identifier: Apache-2.0
// Property: a message in pieces is the same as whole; verifying it comes to an end with as many
// results as it has signatures; signed by us it verifies, and with an octet more in its body it
// does not.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "protocol/mailauth/dkim/sign.h"
#include "protocol/mailauth/dkim/testing/fake_crypto.h"
#include "protocol/mailauth/dkim/verify.h"
#include "protocol/mime/transfer_encoding.h"

namespace {

using namespace hikyaku;

void require(bool condition) {
  if (!condition) std::abort();
}

const dkim::FakeCrypto kCrypto;
const dkim::FakeKey kKey(dkim::Algorithm::kRsaSha256, "2048:alice");

dkim::Verification verify(const dkim::Message& message) {
  const lookup::Answer answer{lookup::Answer::Status::kFound,
                              {"p=" + mime::base64_line(kKey.public_key())}};
  lookup::Facts facts;
  for (int round = 0; round < 3; ++round) {
    lookup::Asker asker(facts);
    auto out = dkim::verify(message, kCrypto, asker, {});
    if (asker.missing().empty()) return out;
    for (const auto& question : asker.missing()) facts.add(question, answer);
  }
  std::abort();  // all keys are asked for at once
}

void check_signing(std::string_view text, dkim::Canonicalization kind) {
  const dkim::SignRequest request{
      .domain = "example.org", .keys = {{"s", &kKey}}, .header = kind, .body = kind, .now = {}};
  const auto wishes = [&](const dkim::Header&) { return dkim::sign_wishes(request); };
  const auto message = dkim::read_message(kCrypto, {wishes}, text);
  const auto field = dkim::sign(message, kCrypto, request);
  if (!field) return;
  const auto whole = *field + std::string(text);
  const auto read = dkim::read_message(kCrypto, {dkim::verify_wishes}, whole);
  require(verify(read).signatures.at(0).result == dkim::ResultCode::kPass);
  const auto longer = dkim::read_message(kCrypto, {dkim::verify_wishes}, whole + "\r\n\r\nx");
  require(verify(longer).signatures.at(0).result != dkim::ResultCode::kPass);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = dkim::read_message(kCrypto, {dkim::verify_wishes}, text);
  const std::size_t step = size % 7 + 1;
  dkim::MessageReader reader(kCrypto, {dkim::verify_wishes});
  for (std::size_t at = 0; at < size; at += step) reader.push(text.substr(at, step));
  const auto pieces = reader.finish();
  require(whole.header().fields().size() == pieces.header().fields().size());
  for (const auto& wish : dkim::verify_wishes(whole.header())) {
    const auto one = whole.body(wish), other = pieces.body(wish);
    require(one.has_value() == other.has_value());
    if (one) require(one->digest == other->digest && one->octets == other->octets);
  }
  const auto out = verify(whole);
  require(out.signatures.size() + out.not_checked == whole.header().named("dkim-signature").size());
  for (const auto& signature : out.signatures)
    require((signature.result == dkim::ResultCode::kPass) == signature.reason.empty());
  check_signing(text, dkim::Canonicalization::kSimple);
  check_signing(text, dkim::Canonicalization::kRelaxed);
  return 0;
}
