// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "record/mailbox/index.h"

namespace hikyaku::mailbox {

/// A changed index, and what has to be written to the store for it.
struct IndexEdit {
  Index index;
  std::vector<Uid> chunks_erased;  ///< by key; before the puts
  std::vector<Index::ChunkPtr> chunks_put;
  std::vector<Uid> tail_erased;
  std::vector<Entry> tail_put;
};

/// The tail is folded into chunks when it gets this long.
inline constexpr std::size_t kTailEntries = 256;

/// Adds entries above all others: to the tail, or, when the tail gets long, all of it to chunks.
[[nodiscard]] IndexEdit append(const Index& index, std::span<const Entry> entries);

struct Replacement {
  std::size_t position = 0;
  Entry entry;  ///< has the UID of what it replaces
};
/// By rising position.
[[nodiscard]] IndexEdit replace(const Index& index, std::span<const Replacement> replacements);

/// By rising position. Chunks that get small are joined with a neighbour.
[[nodiscard]] IndexEdit remove(const Index& index, std::span<const std::size_t> positions);

/// How many of these positions (rising) one commit can change: bounded by chunks and by entries.
[[nodiscard]] std::size_t step_of(const Index& index, std::span<const std::size_t> positions);
inline constexpr std::size_t kStepEntries = 10'000;
inline constexpr std::size_t kStepChunks = 50;

}  // namespace hikyaku::mailbox
