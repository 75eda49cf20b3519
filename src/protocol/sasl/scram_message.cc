// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/scram_message.h"

#include <algorithm>

#include "protocol/sasl/base64.h"
#include "protocol/sasl/check.h"

namespace hikyaku::sasl {
namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// RFC 5802 §7: printable = %x21-2B / %x2D-7E.
bool is_printable(char c) { return c > ' ' && c <= '~' && c != ','; }

Failed malformed(std::string_view text) {
  return scram_error(Failure::kMalformed, text, "other-error");
}

/// Takes what stands before the next comma, and the comma; nullopt when there is none.
std::optional<std::string_view> take_until_comma(std::string_view& rest) {
  const std::size_t comma = rest.find(',');
  if (comma == rest.npos) return std::nullopt;
  const std::string_view out = rest.substr(0, comma);
  rest.remove_prefix(comma + 1);
  return out;
}

/// Takes the next attribute; behind the last one `rest` is nullopt.
std::string_view take_attribute(std::optional<std::string_view>& rest) {
  const std::size_t comma = rest->find(',');
  const std::string_view out = rest->substr(0, comma);
  if (comma == rest->npos)
    rest.reset();
  else
    rest->remove_prefix(comma + 1);
  return out;
}

/// attr-val = ALPHA "=" 1*value-char, where values are UTF-8 without NUL and ",".
bool is_attribute(std::string_view text) {
  return text.size() > 2 && is_alpha(text[0]) && text[1] == '=' && is_utf8_text(text.substr(2));
}

bool all_attributes(std::optional<std::string_view> rest) {
  while (rest) {
    if (!is_attribute(take_attribute(rest))) return false;
  }
  return true;
}

/// saslname: "=2C" is a comma, "=3D" an equals sign, and "=" stands nowhere else (RFC 5802 §5.1).
std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
      continue;
    }
    const std::string_view escape = text.substr(i, 3);
    if (escape != "=2C" && escape != "=3D") return std::nullopt;
    out += escape == "=2C" ? ',' : '=';
    i += 2;
  }
  return out;
}

std::optional<Failed> read_name(std::string_view text, const Limits& limits, std::string& out) {
  auto name = unescape(text);
  if (!name) {
    return scram_error(Failure::kMalformed, "the user name has a = that is no =2C or =3D",
                       "invalid-username-encoding");
  }
  if (const auto failed = check_name(*name, limits)) {
    return scram_error(failed->failure, failed->text, "invalid-username-encoding");
  }
  out = *std::move(name);
  return std::nullopt;
}

std::optional<Failed> read_gs2_header(std::string_view& rest, const Limits& limits,
                                      ScramFirst& out) {
  const auto flag = take_until_comma(rest);
  if (!flag) return malformed("the message has no GS2 header");
  if (*flag == "n") {
    out.flag = BindingFlag::kUnable;
  } else if (*flag == "y") {
    out.flag = BindingFlag::kUnoffered;
  } else if (flag->starts_with("p=") && flag->size() > 2) {
    out.flag = BindingFlag::kUsed;
    out.binding_name = flag->substr(2);
    // RFC 5802 §7: cb-name = 1*(ALPHA / DIGIT / "." / "-").
    if (!std::ranges::all_of(out.binding_name, [](char c) {
          return is_alpha(c) || is_digit(c) || c == '.' || c == '-';
        })) {
      return malformed("the channel binding has no name as RFC 5056 wants it");
    }
  } else {
    return malformed("the GS2 header does not begin with n, y or p=");
  }
  const auto authzid = take_until_comma(rest);
  if (!authzid) return malformed("the GS2 header has no end");
  if (authzid->empty()) return std::nullopt;
  if (!authzid->starts_with("a=")) return malformed("the GS2 header has something but a=");
  return read_name(authzid->substr(2), limits, out.authzid);
}

std::optional<Failed> check_nonce(std::string_view nonce, std::size_t octets_max) {
  if (nonce.empty() || !std::ranges::all_of(nonce, is_printable))
    return malformed("the nonce is empty or has other than printable characters");
  if (nonce.size() > octets_max)
    return scram_error(Failure::kTooLong, "the nonce is too long", "other-error");
  return std::nullopt;
}

}  // namespace

Failed scram_error(Failure failure, std::string_view text, std::string_view value) {
  std::string whole(text);
  whole.append(" (e=").append(value).append(")");
  return Failed{failure, std::move(whole)};
}

std::variant<ScramFirst, Failed> parse_scram_first(std::string_view message, const Limits& limits) {
  ScramFirst out;
  std::string_view rest = message;
  if (auto failed = read_gs2_header(rest, limits, out)) return *std::move(failed);
  out.gs2_header = message.substr(0, message.size() - rest.size());
  out.bare = rest;
  std::optional<std::string_view> attributes = rest;
  std::string_view user = take_attribute(attributes);
  // RFC 5802 §5.1: "m" is for extensions that must be understood; we know none.
  if (user.starts_with("m=")) {
    return scram_error(Failure::kMalformed, "this extension is not known",
                       "extensions-not-supported");
  }
  if (!user.starts_with("n=")) return malformed("the message has no user name");
  if (auto failed = read_name(user.substr(2), limits, out.user)) return *std::move(failed);
  if (!attributes) return malformed("the message has no nonce");
  const std::string_view nonce = take_attribute(attributes);
  if (!nonce.starts_with("r=")) return malformed("the message has no nonce");
  out.nonce = nonce.substr(2);
  if (auto failed = check_nonce(out.nonce, limits.nonce_octets_max)) return *std::move(failed);
  // RFC 5802 §5.1: optional extensions that are not known are passed over.
  if (!all_attributes(attributes)) return malformed("an extension is not written as one");
  return out;
}

std::variant<ScramFinal, Failed> parse_scram_final(std::string_view message, const Limits& limits) {
  ScramFinal out;
  const std::size_t before_proof = message.rfind(",p=");
  if (before_proof == message.npos)
    return scram_error(Failure::kMalformed, "the proof is missing", "invalid-proof");
  out.without_proof = message.substr(0, before_proof);
  auto proof = base64_decode(message.substr(before_proof + 3), limits.response_octets_max);
  if (!proof)
    return scram_error(Failure::kMalformed, "the proof is not base64", "invalid-encoding");
  out.proof = *std::move(proof);

  std::optional<std::string_view> attributes = out.without_proof;
  const std::string_view binding = take_attribute(attributes);
  if (!binding.starts_with("c=")) return malformed("the message does not begin with c=");
  auto octets = base64_decode(binding.substr(2), limits.response_octets_max);
  if (!octets || octets->empty())
    return scram_error(Failure::kMalformed, "the channel binding is not base64",
                       "invalid-encoding");
  out.binding = *std::move(octets);
  if (!attributes) return malformed("the message has no nonce");
  const std::string_view nonce = take_attribute(attributes);
  if (!nonce.starts_with("r=")) return malformed("the message has no nonce");
  out.nonce = nonce.substr(2);
  if (!all_attributes(attributes)) return malformed("an extension is not written as one");
  return out;
}

}  // namespace hikyaku::sasl
