// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace hikyaku {

/// Overwrites octets with zeros in a way that the compiler keeps.
void wipe(void* octets, std::size_t size) noexcept;
/// Wipes the whole capacity of a string, then empties it.
void wipe(std::string& text) noexcept;

/// A password, token or key: moved, never copied or printed, and zeroed when it dies.
///
/// The octets lie on the heap of their own, so that a move leaves nothing behind (a std::string
/// keeps short texts inside itself). Compare with matches(), which takes the same time for any two
/// texts of one length.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text);
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept
      : octets_(std::move(other.octets_)), size_(std::exchange(other.size_, 0)) {}
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// Takes the text and wipes where it came from.
  [[nodiscard]] static Secret take(std::string& text);

  /// The octets, for the one call that needs them. Valid while the secret lives.
  [[nodiscard]] std::string_view reveal() const { return {octets_.get(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool matches(std::string_view other) const;
  /// A second one, where two owners really are needed.
  [[nodiscard]] Secret clone() const { return Secret(reveal()); }

 private:
  std::unique_ptr<char[]> octets_;
  std::size_t size_ = 0;
};

}  // namespace hikyaku
