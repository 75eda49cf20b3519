// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "protocol/smtp/extension.h"
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

/// RFC 5322 §3.2.3
bool is_atom(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > 32 && c < 127 &&
           std::string_view("()<>[]:;@\\,.\"").find(c) == std::string_view::npos;
  });
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

std::optional<Reply> read_orcpt(const ServerState&, std::optional<std::string_view> value,
                                RcptParams& params) {
  const auto semicolon = value ? value->find(';') : std::string_view::npos;
  if (semicolon == std::string_view::npos || value->size() > kOriginalMax ||
      !is_atom(value->substr(0, semicolon)) || !is_printable_xtext(value->substr(semicolon + 1)))
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
