// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/mailbox_attributes.h"

#include <array>
#include <utility>

#include "protocol/imap/text.h"

namespace hikyaku::imap {
namespace {

using enum MailboxAttribute;
constexpr std::array<std::pair<MailboxAttribute, std::string_view>, 17> kNames{{
    {kNonExistent, "\\NonExistent"},
    {kNoselect, "\\Noselect"},
    {kNoinferiors, "\\Noinferiors"},
    {kMarked, "\\Marked"},
    {kUnmarked, "\\Unmarked"},
    {kSubscribed, "\\Subscribed"},
    {kRemote, "\\Remote"},
    {kHasChildren, "\\HasChildren"},
    {kHasNoChildren, "\\HasNoChildren"},
    {kAll, "\\All"},
    {kArchive, "\\Archive"},
    {kDrafts, "\\Drafts"},
    {kFlagged, "\\Flagged"},
    {kJunk, "\\Junk"},
    {kSent, "\\Sent"},
    {kTrash, "\\Trash"},
    {kImportant, "\\Important"},
}};

}  // namespace

Result<MailboxAttribute> parse_special_use(std::string_view name) {
  for (const auto& [attribute, text] : kNames) {
    if (MailboxAttributes(attribute).special_use().bits != 0 && same_word(name, text)) {
      return attribute;
    }
  }
  return permanent("there is no such special use");
}

void append_attributes(std::string& out, MailboxAttributes attributes) {
  bool first = true;
  for (const auto& [attribute, text] : kNames) {
    if (!attributes.has(attribute)) continue;
    if (!first) out += ' ';
    first = false;
    out += text;
  }
}

}  // namespace hikyaku::imap
