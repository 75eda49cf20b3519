// SPDX-License-Identifier: Apache-2.0
// Property: chunked = whole; every reply line is +OK, -ERR, "+ " or part of a listing; the output
// that waits and what is deleted stay within bounds.
#include <cstdlib>

#include "protocol/pop3/testing/dialogue.h"

namespace hikyaku::pop3 {
namespace {

DialogueScript fuzz_script(unsigned char bits) {
  DialogueScript script;
  script.settings.channel = (bits & 1) != 0 ? ChannelSecurity::kEncrypted : ChannelSecurity::kPlain;
  script.settings.can_start_tls = true;
  script.settings.mechanisms = {"PLAIN"};
  script.settings.limits.line_octets_max = 64;
  script.settings.limits.output_octets = 256;
  script.messages = {"A: b\r\n\r\n.\r\n", "x", ""};
  script.messages_fail = (bits & 2) != 0;
  return script;
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace
}  // namespace hikyaku::pop3

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace hikyaku::pop3;
  if (size < 2) return 0;
  const DialogueScript script = fuzz_script(data[0]);
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t step = data[1] % 16 + 1;
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < input.size(); i += step) pieces.push_back(input.substr(i, step));
  const DialogueResult whole = dialogue(script, {input});
  const DialogueResult chunked = dialogue(script, pieces);
  // What came along with STLS is dropped, so that there the chunks do matter.
  if (whole.sent.find("+OK begin TLS") == std::string::npos) {
    check(whole.sent == chunked.sent);
    check(whole.deleted == chunked.deleted);
    check(whole.closed == chunked.closed);
  }
  check(whole.output_octets_max < 1024);
  check(whole.deleted.size() <= script.messages.size());
  check(whole.closed || whole.deleted.empty());
  return 0;
}
