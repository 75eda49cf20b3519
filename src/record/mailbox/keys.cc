// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/keys.h"

#include "base/codec.h"

namespace hikyaku::mailbox::key {
namespace {

Encoder start(char subspace, AccountId account) {
  Encoder out;
  out.u8(static_cast<std::uint8_t>(subspace)).u64(account.value);
  return out;
}

std::uint8_t octet(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

std::string account(AccountId account) { return start(kAccount, account).take(); }

std::string mailbox(AccountId account, MailboxId mailbox) {
  auto out = start(kAccount, account);
  out.u8(octet(kMailbox)).u32(mailbox.value);
  return std::move(out).take();
}

std::string references(AccountId account, MessageId message) {
  auto out = start(kAccount, account);
  out.u8(octet(kReferences)).u64(message.value >> 8);
  return std::move(out).take();
}

std::string indexes(AccountId account) { return start(kIndex, account).take(); }

std::string index(AccountId account, MailboxId mailbox) {
  auto out = start(kIndex, account);
  out.u32(mailbox.value);
  return std::move(out).take();
}

std::string chunk(AccountId account, MailboxId mailbox, Uid first) {
  auto out = start(kIndex, account);
  out.u32(mailbox.value).u8(octet(kChunk)).u32(first.value);
  return std::move(out).take();
}

std::string tail(AccountId account, MailboxId mailbox, Uid uid) {
  auto out = start(kIndex, account);
  out.u32(mailbox.value).u8(octet(kTail)).u32(uid.value);
  return std::move(out).take();
}

std::string messages(AccountId account) { return start(kMessage, account).take(); }

std::string message(AccountId account, MessageId message) {
  auto out = start(kMessage, account);
  out.u64(message.value);
  return std::move(out).take();
}

std::string message_part(AccountId account, MessageId message, std::uint8_t part) {
  auto out = start(kMessage, account);
  out.u64(message.value).u8(part);
  return std::move(out).take();
}

std::string changes(AccountId account) { return start(kChange, account).take(); }

std::string change(AccountId account, ModSeq modseq) {
  auto out = start(kChange, account);
  out.u64(modseq.value);
  return std::move(out).take();
}

std::optional<Parsed> parse(std::string_view text) {
  Decoder in(text);
  Parsed out;
  out.subspace = static_cast<char>(in.u8());
  out.account = AccountId(in.u64());
  switch (out.subspace) {
    case kAccount:
      if (!in.ok()) return std::nullopt;
      if (in.at_end()) return out;
      out.kind = static_cast<char>(in.u8());
      if (out.kind == kMailbox)
        out.mailbox = MailboxId(in.u32());
      else if (out.kind == kReferences) {
        const auto block = in.u64();
        if (block >> 56 != 0) return std::nullopt;
        out.message = MessageId(block << 8);
      } else
        return std::nullopt;
      break;
    case kIndex:
      out.mailbox = MailboxId(in.u32());
      out.kind = static_cast<char>(in.u8());
      out.uid = Uid(in.u32());
      if (out.kind != kChunk && out.kind != kTail) return std::nullopt;
      break;
    case kMessage:
      out.message = MessageId(in.u64());
      if (in.ok() && !in.at_end()) {
        out.part = in.u8();
        if (out.part == 0) return std::nullopt;
      }
      break;
    case kChange: out.modseq = ModSeq(in.u64()); break;
    default: return std::nullopt;
  }
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return out;
}

}  // namespace hikyaku::mailbox::key
