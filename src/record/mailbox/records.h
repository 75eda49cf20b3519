// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "record/mailbox/mailbox.h"

namespace hikyaku::mailbox {

/// The values of the mailbox records, but for the index (chunk_codec.h).
///
/// Errors: decoding gives kRetryLater for a damaged value.
/// Source: docs/formats/mailbox.md.

struct AccountRecord {
  std::uint64_t stamp = 0;  ///< differs in every value ever written, so that a check means "nothing
                            ///< happened since"
  ModSeq modseq;            ///< of the last commit
  ModSeq log_floor;         ///< the change log holds what came after
  std::uint64_t octets = 0;
  MailboxId next_mailbox{1};
  MessageId next_message{1};
  std::uint32_t last_uid_validity = 0;
  bool defaults_made = false;
  bool removed = false;  ///< its records are being erased
};
[[nodiscard]] std::string encode(const AccountRecord& record);
[[nodiscard]] Result<AccountRecord> decode_account(std::string_view value);

struct MailboxRecord {
  Info info;         ///< name is the last level only; id is in the key
  MailboxId parent;  ///< 0 = none
  std::uint32_t tail = 0;
  bool dying = false;  ///< removed; its messages are being erased
};
[[nodiscard]] std::string encode(const MailboxRecord& record);
[[nodiscard]] Result<MailboxRecord> decode_mailbox(MailboxId id, std::string_view value);

/// How many mailbox entries refer to each of 256 messages whose ids follow one another: only counts
/// of 2 and more, by the id's last octet.
using ReferenceBlock = std::map<std::uint8_t, std::uint32_t>;
[[nodiscard]] std::string encode(const ReferenceBlock& block);
[[nodiscard]] Result<ReferenceBlock> decode_references(std::string_view value);

/// A message's values, one to a part, each small enough for the store.
[[nodiscard]] std::vector<std::string> encode_message(const Message& message);
/// What is needed to erase or count a message, from its first part alone.
struct MessageHead {
  BodyId body;
  std::uint64_t size = 0;
  std::uint8_t parts = 1;
};
[[nodiscard]] Result<MessageHead> decode_message_head(std::string_view first_part);
/// `parts`: all of them in order.
[[nodiscard]] Result<Message> decode_message(MessageId id, std::span<const std::string_view> parts);

/// What one commit changed; all with the same modseq, which is in the key.
[[nodiscard]] std::string encode_changes(const std::vector<Change>& changes);
[[nodiscard]] Result<std::vector<Change>> decode_changes(ModSeq modseq, std::string_view value);

}  // namespace hikyaku::mailbox
