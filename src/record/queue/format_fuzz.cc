// SPDX-License-Identifier: Apache-2.0
// Property: an item or an entry of the due index that can be read is written as octets that read as
// the same, field by field, and holds to the queue's limits.
#include "record/queue/format.h"

#include <cstdlib>

namespace {

using namespace hikyaku;  // NOLINT: the whole file is about it
namespace format = queue::format;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_item(const queue::Item& item) {
  require(!item.recipients.empty() && item.recipients.size() <= queue::kRecipientsMax);
  const auto octets = format::encode(item);
  const auto again = format::decode(item.id, octets);
  require(again && format::encode(*again) == octets);
  require(again->sender == item.sender && again->destination == item.destination);
  require(again->due == item.due && again->body == item.body);
  require(again->recipients.size() == item.recipients.size());
  for (std::size_t i = 0; i < item.recipients.size(); ++i) {
    require(again->recipients[i].address == item.recipients[i].address);
    require(again->recipients[i].state == item.recipients[i].state);
    require(again->recipients[i].last_reply.size() <= queue::kReplyOctetsMax);
  }
  const auto sender = queue::sender_key(item.sender);
  const auto due = format::decode_due(format::due_key(item.due, item.id),
                                      format::due_value(item.destination, sender));
  require(due && due->due == item.due && due->id == item.id);
  require(due->destination == item.destination && due->sender == sender);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (const auto item = format::decode(QueueId(1), in)) check_item(*item);
  const auto cut = size < 18 ? size : 18;
  if (const auto due = format::decode_due(in.substr(0, cut), in.substr(cut))) {
    require(format::due_key(due->due, due->id) == in.substr(0, cut));
    // Format 1 has no sender, and is written anew as format 2.
    if (in[cut] == 2) require(format::due_value(due->destination, due->sender) == in.substr(cut));
  }
  if (const auto id = format::parse_item_key(in)) require(format::item_key(*id) == in);
  if (const auto id = queue::parse_id(in)) {
    const auto again = queue::parse_id(queue::to_text(*id));
    require(again && *again == *id);
  }
  return 0;
}
