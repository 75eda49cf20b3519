// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/lookup/name.h"

#include <algorithm>

#include "base/utf8.h"
#include "protocol/idna/a_labels.h"

namespace hikyaku::lookup {
namespace {

constexpr std::size_t kLabelOctetsMax = 63;
constexpr std::size_t kNameOctetsMax = 253;

constexpr char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string small_letters(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), small);
  return out;
}

std::optional<std::string> a_labels(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::optional<std::string> out = is_ascii(name) ? small_letters(name) : idna::to_a_labels(name);
  if (out && !has_valid_labels(*out)) out.reset();
  return out;
}

bool has_valid_labels(std::string_view name) {
  if (name.empty() || name.size() > kNameOctetsMax) return false;
  std::size_t label = 0;
  for (const char c : name) {
    if (c != '.') {
      if (++label > kLabelOctetsMax) return false;
    } else {
      if (label == 0) return false;
      label = 0;
    }
  }
  return label != 0;
}

bool is_mail_domain(std::string_view name) {
  return has_valid_labels(name) && name.contains('.') && std::ranges::all_of(name, [](char c) {
           return (small(c) >= 'a' && small(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '_' || c == '.';
         });
}

std::size_t label_count(std::string_view name) {
  return name.empty() ? 0 : static_cast<std::size_t>(std::ranges::count(name, '.')) + 1;
}

std::string_view last_labels(std::string_view name, std::size_t count) {
  if (count == 0) return {};
  std::size_t at = name.size();
  while (count-- > 0) {
    const std::size_t dot = at == 0 ? std::string_view::npos : name.rfind('.', at - 1);
    if (dot == std::string_view::npos) return name;
    at = dot;
  }
  return name.substr(at + 1);
}

bool is_within(std::string_view name, std::string_view parent) {
  if (name.size() < parent.size() || parent.empty()) return false;
  const std::size_t cut = name.size() - parent.size();
  if (cut > 0 && name[cut - 1] != '.') return false;
  return std::ranges::equal(name.substr(cut), parent,
                            [](char a, char b) { return small(a) == small(b); });
}

}  // namespace hikyaku::lookup
