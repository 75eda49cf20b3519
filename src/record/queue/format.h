// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "record/queue/queue.h"

/// Keys and values of the queue in the store: docs/formats/queue.md.
namespace hikyaku::queue::format {

[[nodiscard]] std::string item_key(QueueId id);
[[nodiscard]] std::optional<QueueId> parse_item_key(std::string_view key);
[[nodiscard]] std::string items_begin();
[[nodiscard]] std::string items_end();

/// The same item always gives the same octets: they are the check of update() and remove().
[[nodiscard]] std::string encode(const Item& item);
[[nodiscard]] Result<Item> decode(QueueId id, std::string_view value);

[[nodiscard]] std::string due_key(UnixTime due, QueueId id);
[[nodiscard]] std::string due_value(std::string_view destination, SenderKey sender);
[[nodiscard]] Result<Due> decode_due(std::string_view key, std::string_view value);
[[nodiscard]] std::string due_begin();
[[nodiscard]] std::string due_end();

/// Key of the number of items.
[[nodiscard]] std::string count_key();

/// What holds the body of an item.
[[nodiscard]] std::string body_holder(QueueId id);
[[nodiscard]] std::optional<QueueId> parse_body_holder(std::string_view holder);

}  // namespace hikyaku::queue::format
