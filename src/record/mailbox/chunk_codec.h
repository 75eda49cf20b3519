// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "record/mailbox/index.h"

namespace hikyaku::mailbox {

/// The values of the index in the store: many entries to a chunk, one to a tail key.
///
/// Shape:  a chunk is written by columns, each constant, counting up by one, or an offset from its
///         smallest value in 1, 2, 4 or 8 octets: small, and read at the speed of memory.
/// Errors: kRetryLater for a damaged value (the store's fault, not the caller's).
/// Source: docs/formats/mailbox.md.
[[nodiscard]] std::string encode_chunk(const Index::Chunk& chunk);
[[nodiscard]] Result<Index::ChunkPtr> decode_chunk(Uid key, std::string_view value);

[[nodiscard]] std::string encode_tail_entry(const Entry& entry);
[[nodiscard]] Result<Entry> decode_tail_entry(Uid uid, std::string_view value);

}  // namespace hikyaku::mailbox
