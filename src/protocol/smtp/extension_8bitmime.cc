// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/extension.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp::extension {
namespace {

std::optional<Reply> read_body(const ServerState&, std::optional<std::string_view> value,
                               MailParams& params) {
  if (value && equal_ignoring_case(*value, "7BIT")) {
    params.body = Body::k7Bit;
  } else if (value && equal_ignoring_case(*value, "8BITMIME")) {
    params.body = Body::k8BitMime;
  } else {
    return refusal(reason::kParamBad, "BODY");
  }
  return std::nullopt;
}

constexpr Parameter<MailParams> kMail[] = {{"BODY", read_body}};

}  // namespace

// RFC 6152
constinit const Extension k8BitMime{.keyword = "8BITMIME", .mail = kMail};

}  // namespace hikyaku::smtp::extension
