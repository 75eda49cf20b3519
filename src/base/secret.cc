// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <cstring>

namespace hikyaku {

void wipe(void* octets, std::size_t size) noexcept {
  if (size != 0) explicit_bzero(octets, size);
}

void wipe(std::string& text) noexcept {
  // Growing to the capacity makes every octet of the allocation ours to write; it cannot allocate.
  text.resize(text.capacity());
  wipe(text.data(), text.size());
  text.clear();
}

Secret::Secret(std::string_view text)
    : octets_(text.empty() ? nullptr : std::make_unique_for_overwrite<char[]>(text.size())),
      size_(text.size()) {
  if (size_ != 0) std::memcpy(octets_.get(), text.data(), size_);
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(octets_.get(), size_);
    octets_ = std::move(other.octets_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() { wipe(octets_.get(), size_); }

Secret Secret::take(std::string& text) {
  Secret secret(text);
  wipe(text);
  return secret;
}

bool Secret::matches(std::string_view other) const {
  if (other.size() != size_) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(octets_[i]) ^
                                        static_cast<unsigned char>(other[i]));
  }
  return difference == 0;
}

}  // namespace hikyaku
