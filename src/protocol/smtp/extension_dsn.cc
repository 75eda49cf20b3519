// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/utf8.h"
#include "protocol/smtp/extension.h"
#include "protocol/smtp/utf8_address.h"
#include "protocol/smtp/verb.h"
#include "protocol/smtp/xtext.h"

namespace hikyaku::smtp::extension {
namespace {

constexpr std::size_t kEnvelopeIdMax = 100;  // §4.4
constexpr std::size_t kOriginalMax = 500;    // §4.2

/// xtext of what a delivery report can show (§4.2, §4.4): printable ASCII.
bool is_printable_xtext(std::string_view text) {
  const auto decoded = xtext_decode(text);
  return decoded && std::ranges::all_of(*decoded, [](char c) { return c >= 32 && c < 127; });
}

bool has_controls(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 32 || octet == 127;
  });
}

/// RFC 5322 §3.2.3
bool is_atom(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > 32 && c < 127 &&
           std::string_view("()<>[]:;@\\,.\"").find(c) == std::string_view::npos;
  });
}

/// The address of an ORCPT. RFC 6533 §3: of type utf-8 in one of its forms, octets over 127 in a
/// transaction with SMTPUTF8 only.
bool is_original(const ServerState& state, std::string_view type, std::string_view address) {
  if (!equal_ignoring_case(type, "utf-8")) {
    if (is_printable_xtext(address)) return true;
    // Postfix 3.7 says addresses in UTF-8 so, as rfc822.
    const auto decoded = xtext_decode(address);
    return state.mail->params.smtputf8 && decoded && is_utf8(*decoded) && !has_controls(*decoded);
  }
  if (!is_ascii(address) && !state.mail->params.smtputf8) return false;
  return utf8_address_decode(address).has_value();
}

std::optional<Reply> read_ret(const ServerState&, std::optional<std::string_view> value,
                              MailParams& params) {
  if (value && equal_ignoring_case(*value, "FULL")) {
    params.ret = Ret::kFull;
  } else if (value && equal_ignoring_case(*value, "HDRS")) {
    params.ret = Ret::kHeaders;
  } else {
    return refusal(reason::kParamBad, "RET");
  }
  return std::nullopt;
}

std::optional<Reply> read_envid(const ServerState&, std::optional<std::string_view> value,
                                MailParams& params) {
  if (!value || value->size() > kEnvelopeIdMax || !is_printable_xtext(*value))
    return refusal(reason::kParamBad, "ENVID");
  params.envelope_id = *value;
  return std::nullopt;
}

std::optional<Reply> read_notify(const ServerState&, std::optional<std::string_view> value,
                                 RcptParams& params) {
  const auto notify = value ? Notify::parse(*value) : std::nullopt;
  if (!notify) return refusal(reason::kParamBad, "NOTIFY");
  params.notify = *notify;
  return std::nullopt;
}

std::optional<Reply> read_orcpt(const ServerState& state, std::optional<std::string_view> value,
                                RcptParams& params) {
  const auto semicolon = value ? value->find(';') : std::string_view::npos;
  if (semicolon == std::string_view::npos || value->size() > kOriginalMax ||
      !is_atom(value->substr(0, semicolon)) ||
      !is_original(state, value->substr(0, semicolon), value->substr(semicolon + 1)))
    return refusal(reason::kParamBad, "ORCPT");
  params.original = *value;
  return std::nullopt;
}

constexpr Parameter<MailParams> kMail[] = {{"RET", read_ret}, {"ENVID", read_envid}};
constexpr Parameter<RcptParams> kRcpt[] = {{"NOTIFY", read_notify}, {"ORCPT", read_orcpt}};

}  // namespace

// RFC 3461
constinit const Extension kDsn{.keyword = "DSN", .mail = kMail, .rcpt = kRcpt};

}  // namespace hikyaku::smtp::extension
