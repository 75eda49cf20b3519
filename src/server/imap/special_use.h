// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "protocol/imap/mailbox_attributes.h"
#include "record/mailbox/mailbox.h"

namespace hikyaku::imap_server {

/// The special use of a mailbox as LIST shows it.
[[nodiscard]] inline imap::MailboxAttributes attributes_of(mailbox::SpecialUse use) {
  switch (use) {
    case mailbox::SpecialUse::kArchive: return imap::MailboxAttribute::kArchive;
    case mailbox::SpecialUse::kDrafts: return imap::MailboxAttribute::kDrafts;
    case mailbox::SpecialUse::kJunk: return imap::MailboxAttribute::kJunk;
    case mailbox::SpecialUse::kSent: return imap::MailboxAttribute::kSent;
    case mailbox::SpecialUse::kTrash: return imap::MailboxAttribute::kTrash;
    case mailbox::SpecialUse::kNone: break;
  }
  return {};
}

/// The one special use that CREATE asks for; nullopt for several, or one that we don't keep.
[[nodiscard]] inline std::optional<mailbox::SpecialUse> special_use_of(
    imap::MailboxAttributes attributes) {
  for (const auto use :
       {mailbox::SpecialUse::kNone, mailbox::SpecialUse::kArchive, mailbox::SpecialUse::kDrafts,
        mailbox::SpecialUse::kJunk, mailbox::SpecialUse::kSent, mailbox::SpecialUse::kTrash})
    if (attributes_of(use) == attributes) return use;
  return std::nullopt;
}

}  // namespace hikyaku::imap_server
