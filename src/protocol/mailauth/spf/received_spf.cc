// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/spf/received_spf.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace hikyaku::spf {
namespace {

/// So that no line comes near 998 octets (RFC 5322 §2.1.1).
constexpr std::size_t kValueOctetsMax = 320;

/// What others said, so that it can end neither a comment nor the field.
std::string harmless(std::string_view text) {
  std::string out(text.substr(0, kValueOctetsMax));
  std::ranges::replace_if(
      out, [](char c) { return c < ' ' || c > '~' || std::string_view("()\\").contains(c); }, '?');
  return out;
}

/// dot-atom or quoted-string (RFC 5322 §3.2.3, §3.2.4).
std::string value(std::string_view text) {
  const auto is_atext = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
  };
  bool atom = !text.empty() && text.size() <= kValueOctetsMax;
  char before = '.';
  for (const char c : text) {
    atom &= c == '.' ? before != '.' : is_atext(c);
    before = c;
  }
  if (atom && before != '.') return std::string(text);
  std::string out = "\"";
  for (const char c : text.substr(0, kValueOctetsMax)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c < ' ' || c > '~' ? '?' : c;
  }
  return out + '"';
}

std::string sender(const Request& request, const Result& result) {
  const bool null = request.domain.empty() || request.identity == Identity::kHelo;
  return (null || request.local_part.empty() ? "postmaster" : request.local_part) + "@" +
         result.domain;
}

std::string comment(const Request& request, const Result& result) {
  const std::string ip = request.client.text();
  const std::string of =
      harmless(request.identity == Identity::kHelo ? result.domain : sender(request, result));
  switch (result.verdict) {
    case Verdict::kPass:
      return fmt::format("domain of {} designates {} as permitted sender", of, ip);
    case Verdict::kFail:
      return fmt::format("domain of {} does not designate {} as permitted sender", of, ip);
    case Verdict::kSoftfail:
      return fmt::format("domain of transitioning {} does not designate {} as permitted sender", of,
                         ip);
    case Verdict::kNeutral:
      return fmt::format("{} is neither permitted nor denied by domain of {}", ip, of);
    case Verdict::kNone:
      return fmt::format("domain of {} does not designate permitted sender hosts", of);
    case Verdict::kTemperror: return fmt::format("temporary error in processing domain of {}", of);
    case Verdict::kPermerror: return fmt::format("permanent error in processing domain of {}", of);
  }
  return "";
}

}  // namespace

std::string received_spf(const Request& request, const Result& result) {
  std::string out = fmt::format("Received-SPF: {}", name_of(result.verdict));
  out += fmt::format("\r\n\t({}{}{})", harmless(request.receiver),
                     request.receiver.empty() ? "" : ": ", comment(request, result));
  const auto pair = [&out](std::string_view key, std::string_view text) {
    out += fmt::format("\r\n\t{}={};", key, value(text));
  };
  pair("client-ip", request.client.text());
  if (request.identity == Identity::kMailFrom) pair("envelope-from", sender(request, result));
  pair("helo", request.helo);
  if (!request.receiver.empty()) pair("receiver", request.receiver);
  pair("identity", request.identity == Identity::kHelo ? "helo" : "mailfrom");
  // "if no mechanisms matched, substitute the word "default"".
  const bool error = !result.problem.empty();
  if (!error) pair("mechanism", result.matched.empty() ? "default" : result.matched.back().term);
  if (error && result.verdict != Verdict::kNone) pair("problem", result.problem);
  return out + "\r\n";
}

}  // namespace hikyaku::spf
