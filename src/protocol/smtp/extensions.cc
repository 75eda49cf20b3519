// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <vector>

#include "protocol/smtp/extension.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp {
namespace {

bool is_keyword(std::string_view text) {
  const auto alnum = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return !text.empty() && alnum(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return alnum(c) || c == '-'; });
}

bool is_value(std::string_view text) {  // esmtp-value
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    // RFC 6531 §3.3 adds UTF-8; what a parameter takes of it is its own affair.
    const auto octet = static_cast<unsigned char>(c);
    return octet > 32 && octet != 127 && c != '=';
  });
}

std::span<const Parameter<MailParams>> parameters_of(const Extension& extension, MailParams&) {
  return extension.mail;
}
std::span<const Parameter<RcptParams>> parameters_of(const Extension& extension, RcptParams&) {
  return extension.rcpt;
}

template <class Params>
const Parameter<Params>* find(const ServerState& state, std::string_view keyword, Params& params) {
  if (!state.extended) return nullptr;  // RFC 5321 §4.1.1.11: HELO has no parameters
  for (const Extension* extension : extensions()) {
    if (extension->offered != nullptr && !extension->offered(state)) continue;
    for (const auto& parameter : parameters_of(*extension, params)) {
      if (equal_ignoring_case(parameter.keyword, keyword)) return &parameter;
    }
  }
  return nullptr;
}

template <class Params>
std::optional<Reply> read_all(const ServerState& state, std::string_view text, Params& params) {
  std::vector<const Parameter<Params>*> seen;
  while (!text.empty()) {
    if (text.front() != ' ') return refusal(reason::kBadArgument);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) break;
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    const std::size_t equals = word.find('=');
    const std::string_view keyword = word.substr(0, equals);
    if (!is_keyword(keyword)) return refusal(reason::kBadArgument);
    std::optional<std::string_view> value;
    if (equals != std::string_view::npos) {
      value = word.substr(equals + 1);
      if (!is_value(*value)) return refusal(reason::kParamBad, keyword);
    }
    const auto* parameter = find(state, keyword, params);
    // RFC 5321 §4.1.1.11
    if (parameter == nullptr) return refusal(reason::kParamUnknown, keyword);
    if (std::ranges::find(seen, parameter) != seen.end())
      return refusal(reason::kParamBad, keyword);
    seen.push_back(parameter);
    if (auto refused = parameter->read(state, value, params)) return refused;
  }
  return std::nullopt;
}

}  // namespace

std::span<const Extension* const> extensions() {
  static constexpr std::array kAll = {&extension::kPipelining,
                                      &extension::kSize,
                                      &extension::k8BitMime,
                                      &extension::kSmtpUtf8,
                                      &extension::kEnhancedStatusCodes,
                                      &extension::kDsn,
                                      &extension::kChunking,
                                      &extension::kStartTls,
                                      &extension::kAuth,
                                      &extension::kHelp};
  return kAll;
}

std::optional<Reply> read_parameters(const ServerState& state, std::string_view text,
                                     MailParams& params) {
  return read_all(state, text, params);
}

std::optional<Reply> read_parameters(const ServerState& state, std::string_view text,
                                     RcptParams& params) {
  return read_all(state, text, params);
}

}  // namespace hikyaku::smtp
