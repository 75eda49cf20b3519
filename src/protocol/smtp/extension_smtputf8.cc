// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/extension.h"

namespace hikyaku::smtp::extension {
namespace {

// RFC 6531 §3.4: the parameter takes no value.
std::optional<Reply> read_smtputf8(const ServerState&, std::optional<std::string_view> value,
                                   MailParams& params) {
  if (value) return refusal(reason::kParamBad, "SMTPUTF8");
  params.smtputf8 = true;
  return std::nullopt;
}

constexpr Parameter<MailParams> kMail[] = {{"SMTPUTF8", read_smtputf8}};

}  // namespace

// RFC 6531. 8BITMIME, which it needs (§3.1), is always offered.
constinit const Extension kSmtpUtf8{.keyword = "SMTPUTF8", .mail = kMail};

}  // namespace hikyaku::smtp::extension
