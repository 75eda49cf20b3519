// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/mailbox_name.h"

#include "base/utf8.h"
#include "protocol/imap/text.h"

namespace hikyaku::imap {
namespace {

/// RFC 9051 §5.1: no control characters; U+2028 and U+2029 break lines elsewhere.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

Status check_level(std::string_view level, const NameLimits& limits) {
  if (level.empty()) return permanent("a level of the mailbox name is empty");
  if (level.size() > limits.level_octets_max) {
    return permanent("a level of the mailbox name is too long");
  }
  while (!level.empty()) {
    const std::optional<char32_t> c = take_utf8(level);
    if (!c) return permanent("the mailbox name is not UTF-8");
    if (is_control(*c)) return permanent("the mailbox name has a control character");
  }
  return {};
}

Status check_levels(std::string_view name, const NameLimits& limits) {
  for (std::size_t levels = 1;; ++levels) {
    if (levels > limits.levels_max) return permanent("the mailbox name has too many levels");
    const std::size_t end = name.find(kDelimiter);
    HK_TRY(check_level(name.substr(0, end), limits));
    if (end == name.npos) return {};
    name.remove_prefix(end + 1);
  }
}

}  // namespace

Result<std::string> mailbox_name_from_wire(std::string_view wire, NameEncoding encoding,
                                           const NameLimits& limits) {
  // The encoded form is at most 3 times as long, or nearly: no work on what is far too long.
  if (wire.size() > 4 * limits.name_octets_max) return permanent("the mailbox name is too long");
  std::string name;
  if (encoding == NameEncoding::kUtf7) {
    HK_ASSIGN(name, utf7_decode(wire));
  } else {
    name = wire;
  }
  if (name.size() > 1 && name.back() == kDelimiter) name.pop_back();
  if (name.empty()) return permanent("the mailbox name is empty");
  if (name.size() > limits.name_octets_max) return permanent("the mailbox name is too long");
  HK_TRY(check_levels(name, limits));
  const std::string_view first = std::string_view(name).substr(0, name.find(kDelimiter));
  if (same_word(first, kInbox)) name.replace(0, kInbox.size(), kInbox);
  return name;
}

std::string mailbox_name_to_wire(std::string_view name, NameEncoding encoding) {
  return encoding == NameEncoding::kUtf7 ? utf7_encode(name) : std::string(name);
}

std::string_view parent_name(std::string_view name) {
  const std::size_t end = name.rfind(kDelimiter);
  return end == name.npos ? std::string_view() : name.substr(0, end);
}

bool is_below(std::string_view name, std::string_view ancestor) {
  return name.size() > ancestor.size() + 1 && name.starts_with(ancestor) &&
         name[ancestor.size()] == kDelimiter;
}

}  // namespace hikyaku::imap
