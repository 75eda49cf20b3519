// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/name.h"

#include <cstdint>

#include "record/mailbox/mailbox.h"

namespace hikyaku::mailbox {
namespace {

bool equals_inbox(std::string_view level) {
  if (level.size() != kInbox.size()) return false;
  for (std::size_t i = 0; i < level.size(); ++i)
    if ((level[i] & ~0x20) != kInbox[i]) return false;
  return true;
}

/// Takes one character off the front; 0xffffffff when it is no UTF-8 (RFC 3629 §4).
std::uint32_t take_character(std::string_view& text) {
  constexpr std::uint32_t kBad = 0xffffffff;
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return kBad;
  std::uint32_t c = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return kBad;
    c = c << 6 | (next & 0x3fU);
  }
  text.remove_prefix(length);
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (c < kSmallest[length] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return kBad;
  return c;
}

}  // namespace

Result<std::string> normalised_name(std::string_view name) {
  if (name.ends_with('/')) name.remove_suffix(1);
  if (name.empty()) return permanent("a mailbox name must not be empty");
  if (name.size() > kNameOctetsMax) return permanent("the mailbox name is too long");
  if (name.starts_with('/') || name.ends_with('/') || name.contains("//"))
    return permanent("a mailbox name must not have an empty level");
  for (std::string_view rest = name; !rest.empty();) {
    const std::uint32_t c = take_character(rest);
    if (c > 0x10ffff) return permanent("the mailbox name is not valid UTF-8");
    // RFC 9051 §5.1.1 with RFC 5198 §2: no control characters, no line or paragraph separators.
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
      return permanent("the mailbox name has a control character");
  }
  std::string out(name);
  const std::string_view first = name.substr(0, name.find('/'));
  if (equals_inbox(first)) out.replace(0, first.size(), kInbox);
  return out;
}

std::string_view parent_of(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : name.substr(0, slash);
}

std::string_view level_of(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

}  // namespace hikyaku::mailbox
