// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "protocol/imap/response/mailbox.h"
#include "record/mailbox/mailbox.h"

namespace hikyaku::imap_server {

/// What STATUS says of a mailbox. \Recent is not kept: it has gone with RFC 9051.
[[nodiscard]] inline imap::StatusValues status_values(const mailbox::Info& info) {
  imap::StatusValues out;
  out.messages = info.messages;
  out.uid_next = info.uid_next.value;
  out.uid_validity = info.uid_validity;
  out.unseen = info.unseen;
  out.deleted = info.deleted;
  out.size_octets = info.octets;
  out.highest_mod_seq = info.highest_modseq.value;
  out.mailbox_id = std::to_string(info.id.value);
  return out;
}

}  // namespace hikyaku::imap_server
