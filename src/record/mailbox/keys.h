// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

/// Keys of the mailbox records. Everything of an account that is needed to change it lies in one
/// range, so that one scan reads it consistently; the same holds for the index of a mailbox.
/// Source: docs/formats/mailbox.md.
namespace hikyaku::mailbox::key {

inline constexpr char kAccount = 'A', kIndex = 'U', kMessage = 'M', kChange = 'C';
/// After `A account`:
inline constexpr char kMailbox = 'b', kReferences = 'r';
/// After `U account mailbox`:
inline constexpr char kChunk = 'c', kTail = 't';

[[nodiscard]] std::string account(AccountId account);
[[nodiscard]] std::string mailbox(AccountId account, MailboxId mailbox);
/// Of the block of 256 messages that this one lies in.
[[nodiscard]] std::string references(AccountId account, MessageId message);

/// All index keys of an account, or of one mailbox, begin with these.
[[nodiscard]] std::string indexes(AccountId account);
[[nodiscard]] std::string index(AccountId account, MailboxId mailbox);
[[nodiscard]] std::string chunk(AccountId account, MailboxId mailbox, Uid first);
[[nodiscard]] std::string tail(AccountId account, MailboxId mailbox, Uid uid);

[[nodiscard]] std::string messages(AccountId account);
/// Also the holder under which the message's body is linked.
[[nodiscard]] std::string message(AccountId account, MessageId message);
/// Parts after the first, of a message with a large summary: 1, 2, …
[[nodiscard]] std::string message_part(AccountId account, MessageId message, std::uint8_t part);

[[nodiscard]] std::string changes(AccountId account);
[[nodiscard]] std::string change(AccountId account, ModSeq modseq);

/// A key taken apart; the fields its kind doesn't have are 0.
struct Parsed {
  char subspace = 0;  ///< kAccount, kIndex, kMessage, kChange
  char kind = 0;      ///< kMailbox, kReferences, kChunk, kTail; 0 = the account or message itself
  AccountId account;
  MailboxId mailbox;
  MessageId message;  ///< of kReferences: the first of the block
  Uid uid;
  ModSeq modseq;
  std::uint8_t part = 0;
};
[[nodiscard]] std::optional<Parsed> parse(std::string_view key);

}  // namespace hikyaku::mailbox::key
