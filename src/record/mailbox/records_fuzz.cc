// SPDX-License-Identifier: Apache-2.0
// Property: whatever a value of the store holds, decoding ends with a value or an error; a value
// that decodes is the same after it was encoded and decoded once more; a key that is taken apart is
// the one that its parts make.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "record/mailbox/chunk_codec.h"
#include "record/mailbox/keys.h"
#include "record/mailbox/records.h"

namespace hikyaku::mailbox {
namespace {

void chunk(std::string_view value) {
  const auto first = decode_chunk(Uid(1), value);
  if (!first) return;
  const auto again = decode_chunk(Uid(1), encode_chunk(**first));
  HK_ASSERT(again && (*again)->entries == (*first)->entries);
}

void tail(std::string_view value) {
  const auto first = decode_tail_entry(Uid(1), value);
  if (!first) return;
  HK_ASSERT(decode_tail_entry(Uid(1), encode_tail_entry(*first)) == *first);
}

/// For records without an operator==: their stored forms are compared.
template <class Decode>
void record(std::string_view value, Decode decode) {
  const auto first = decode(value);
  if (!first) return;
  const auto stored = encode(*first);
  const auto again = decode(stored);
  HK_ASSERT(again && encode(*again) == stored);
}

void changes(std::string_view value) {
  const auto first = decode_changes(ModSeq(1), value);
  if (!first) return;
  const auto stored = encode_changes(*first);
  const auto again = decode_changes(ModSeq(1), stored);
  HK_ASSERT(again && encode_changes(*again) == stored);
}

void message(std::string_view value) {
  const auto first = decode_message(MessageId(1), std::array<std::string_view, 1>{value});
  if (!first) return;
  const auto stored = encode_message(*first);
  const std::vector<std::string_view> parts(stored.begin(), stored.end());
  const auto again = decode_message(MessageId(1), parts);
  HK_ASSERT(again && again->body == first->body && again->internal_date == first->internal_date);
}

std::string made_of(const key::Parsed& parts) {
  switch (parts.subspace) {
    case key::kAccount:
      if (parts.kind == key::kMailbox) return key::mailbox(parts.account, parts.mailbox);
      if (parts.kind == key::kReferences) return key::references(parts.account, parts.message);
      return key::account(parts.account);
    case key::kIndex:
      return parts.kind == key::kChunk ? key::chunk(parts.account, parts.mailbox, parts.uid)
                                       : key::tail(parts.account, parts.mailbox, parts.uid);
    case key::kMessage:
      return parts.part == 0 ? key::message(parts.account, parts.message)
                             : key::message_part(parts.account, parts.message, parts.part);
    default: return key::change(parts.account, parts.modseq);
  }
}

void take_apart(std::string_view value) {
  if (const auto parts = key::parse(value)) HK_ASSERT(made_of(*parts) == value);
}

}  // namespace
}  // namespace hikyaku::mailbox

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hikyaku::mailbox;
  if (size == 0) return 0;
  const std::string_view value(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0: chunk(value); break;
    case 1: tail(value); break;
    case 2: record(value, decode_account); break;
    case 3:
      record(value, [](std::string_view v) { return decode_mailbox(hikyaku::MailboxId(1), v); });
      break;
    case 4: changes(value); break;
    case 5: message(value); break;
    case 6: record(value, decode_references); break;
    default: take_apart(value);
  }
  return 0;
}
