// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hikyaku::store {

/// The octets of a simulated file. Copies share their blocks, which are never changed but replaced,
/// and a block of zeros takes no memory: so a copy of a disk, and room that is reserved, cost
/// little. Threads: one at a time; copies may be used by others.
class SimContent {
 public:
  SimContent() = default;
  explicit SimContent(std::string_view octets) { write(0, octets); }

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Less than `length` at the end of the file.
  [[nodiscard]] std::string read(std::uint64_t offset, std::uint64_t length) const;
  [[nodiscard]] std::string all() const { return read(0, size_); }
  /// Makes it longer, with zeros between, where needed.
  void write(std::uint64_t offset, std::string_view octets);
  /// [begin, end) as it is in `from`, where that is no shorter than `end`.
  void take(const SimContent& from, std::uint64_t begin, std::uint64_t end);
  /// New octets are zeros.
  void resize(std::uint64_t size);

 private:
  static constexpr std::uint64_t kBlockBytes = 4096;
  using Block = std::array<char, kBlockBytes>;

  /// `octets` into block `n` from `offset` on.
  void patch(std::size_t n, std::uint64_t offset, std::string_view octets);

  std::uint64_t size_ = 0;
  std::vector<std::shared_ptr<const Block>> blocks_;  ///< null: zeros; behind size_ all are zeros
};

}  // namespace hikyaku::store
