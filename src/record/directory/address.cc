// SPDX-License-Identifier: Apache-2.0
#include "record/directory/address.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/utf8.h"
#include "base/words.h"
#include "protocol/idna/a_labels.h"

namespace hikyaku::directory {
namespace {

constexpr std::size_t kLabelOctetsMax = 63;
constexpr std::size_t kNewLocalOctetsMax = 64;
constexpr char16_t kNotUtf8 = 0xfffd;  ///< what ICU makes of octets that are not UTF-8

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string small(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return small(c); });
  return out;
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kLabelOctetsMax) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label,
                             [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > kDomainOctetsMax) return false;
  for (;;) {
    const auto dot = domain.find('.');
    if (!is_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

/// `"john \"j\" doe"` -> `john "j" doe`; other local parts as they are.
std::string unquote(std::string_view local) {
  if (local.size() < 2 || local.front() != '"' || local.back() != '"') return std::string(local);
  std::string out;
  local = local.substr(1, local.size() - 2);
  for (std::size_t i = 0; i < local.size(); ++i) {
    if (local[i] == '\\' && i + 1 < local.size()) ++i;
    out.push_back(local[i]);
  }
  return out;
}

/// nullopt for what is not UTF-8: its octets would all be compared as the same.
std::optional<std::string> fold(const std::string& local) {
  if (is_ascii(local)) return small(local);
  UErrorCode status = U_ZERO_ERROR;
  const auto* nfc = icu::Normalizer2::getNFCInstance(status);
  auto text = icu::UnicodeString::fromUTF8(local);
  if (U_FAILURE(status) || text.indexOf(kNotUtf8) >= 0) return std::nullopt;
  const auto normal = nfc->normalize(text.foldCase(), status);
  if (U_FAILURE(status)) return std::nullopt;
  std::string out;
  normal.toUTF8String(out);
  return out;
}

bool is_dot_atom(std::string_view local) {
  if (local.empty() || local.front() == '.' || local.back() == '.') return false;
  if (local.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(local, [](char c) {
    return is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
  });
}

}  // namespace

Result<std::string> normalize_domain(std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  std::optional<std::string> out;
  if (is_ascii(domain))
    out = small(domain);
  else
    out = idna::to_a_labels(domain);
  if (!out || !is_domain(*out))
    return permanent(Words{"\"{0}\" is not a domain name; one looks like example.org",
                           "\"{0}\" はドメイン名ではありません。例: example.org"},
                     domain.substr(0, kDomainOctetsMax));
  return *std::move(out);
}

std::optional<ParsedAddress> parse_address(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > kLocalOctetsMax) return std::nullopt;
  auto domain = normalize_domain(address.substr(at + 1));
  if (!domain) return std::nullopt;
  ParsedAddress out;
  out.local = address.substr(0, at);
  auto folded = fold(unquote(out.local));
  if (!folded) return std::nullopt;
  out.folded = *std::move(folded);
  out.domain = *std::move(domain);
  const bool printable = std::ranges::none_of(
      out.folded, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!printable || out.folded.empty()) return std::nullopt;
  return out;
}

Result<ParsedAddress> parse_new_address(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos)
    return permanent(Words{"\"{0}\" is not an address; one looks like name@example.org",
                           "\"{0}\" はアドレスではありません。例: name@example.org"},
                     address.substr(0, kDomainOctetsMax));
  HK_TRY(normalize_domain(address.substr(at + 1)));
  auto out = parse_address(address);
  if (!out || out->folded.size() > kNewLocalOctetsMax || !is_dot_atom(out->folded))
    return permanent(
        Words{"the part before the @ must be 1 to 64 letters, digits or one of "
              "!#$%&'*+-/=?^_`{{|}}~ with single dots between them",
              "@ の前は 1 ～ 64 文字の英数字または !#$%&'*+-/=?^_`{{|}}~ とし、"
              "ピリオドはその間に一つずつ置いてください"});
  return *std::move(out);
}

std::optional<std::string_view> without_tag(std::string_view local) {
  const auto plus = local.find('+');
  if (plus == std::string_view::npos || plus == 0) return std::nullopt;
  return local.substr(0, plus);
}

}  // namespace hikyaku::directory
