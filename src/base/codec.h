// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hikyaku {

/// Writes keys and values of the store: big-endian numbers (so that keys sort), LEB128 varints (so
/// that values are small), and strings that carry their length.
class Encoder {
 public:
  Encoder& u8(std::uint8_t v);
  Encoder& u16(std::uint16_t v);
  Encoder& u32(std::uint32_t v);
  Encoder& u64(std::uint64_t v);
  Encoder& varint(std::uint64_t v);
  /// Length as varint, then the octets.
  Encoder& string(std::string_view v);
  /// The octets alone: the last part of a key.
  Encoder& raw(std::string_view v);

  [[nodiscard]] std::string take() && { return std::move(out_); }
  [[nodiscard]] std::string_view view() const { return out_; }

 private:
  std::string out_;
};

/// Reads what Encoder wrote.
///
/// Errors: reading past the end, or a varint over 64 bits, gives 0 or an empty string and makes
/// ok()
///         false from then on, so that a reader checks once, at its end.
class Decoder {
 public:
  explicit Decoder(std::string_view in) : in_(in) {}

  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  std::uint64_t varint();
  /// A view into the input.
  std::string_view string();
  std::string_view rest();

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return in_.empty(); }
  /// Everything was read, and it was whole; else "WHAT is damaged".
  [[nodiscard]] Status finish(std::string_view what) const;

 private:
  std::uint64_t big_endian(unsigned bytes);
  std::string_view in_;
  bool ok_ = true;
};

}  // namespace hikyaku
