// SPDX-License-Identifier: Apache-2.0
#include "base/codec.h"

#include "base/words.h"

namespace hikyaku {
namespace {

template <class T>
void append_big_endian(std::string& out, T v) {
  for (unsigned shift = sizeof(T) * 8; shift != 0; shift -= 8)
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(v) >> (shift - 8) & 0xff));
}

}  // namespace

Encoder& Encoder::u8(std::uint8_t v) {
  out_.push_back(static_cast<char>(v));
  return *this;
}
Encoder& Encoder::u16(std::uint16_t v) {
  append_big_endian(out_, v);
  return *this;
}
Encoder& Encoder::u32(std::uint32_t v) {
  append_big_endian(out_, v);
  return *this;
}
Encoder& Encoder::u64(std::uint64_t v) {
  append_big_endian(out_, v);
  return *this;
}
Encoder& Encoder::varint(std::uint64_t v) {
  while (v >= 0x80) {
    out_.push_back(static_cast<char>(v | 0x80));
    v >>= 7;
  }
  out_.push_back(static_cast<char>(v));
  return *this;
}
Encoder& Encoder::string(std::string_view v) {
  varint(v.size());
  out_.append(v);
  return *this;
}
Encoder& Encoder::raw(std::string_view v) {
  out_.append(v);
  return *this;
}

std::uint64_t Decoder::big_endian(unsigned bytes) {
  if (in_.size() < bytes) {
    ok_ = false;
    in_ = {};
    return 0;
  }
  std::uint64_t v = 0;
  for (unsigned i = 0; i < bytes; ++i) v = v << 8 | static_cast<unsigned char>(in_[i]);
  in_.remove_prefix(bytes);
  return v;
}

std::uint8_t Decoder::u8() { return static_cast<std::uint8_t>(big_endian(1)); }
std::uint16_t Decoder::u16() { return static_cast<std::uint16_t>(big_endian(2)); }
std::uint32_t Decoder::u32() { return static_cast<std::uint32_t>(big_endian(4)); }
std::uint64_t Decoder::u64() { return big_endian(8); }

std::uint64_t Decoder::varint() {
  std::uint64_t v = 0;
  for (unsigned i = 0; i < in_.size() && i < 10; ++i) {
    const auto octet = static_cast<unsigned char>(in_[i]);
    if (i == 9 && octet > 1) break;  // more than 64 bits
    v |= static_cast<std::uint64_t>(octet & 0x7f) << (7 * i);
    if ((octet & 0x80) == 0) {
      in_.remove_prefix(i + 1);
      return v;
    }
  }
  ok_ = false;
  in_ = {};
  return 0;
}

std::string_view Decoder::string() {
  const auto size = varint();
  if (size > in_.size()) {
    ok_ = false;
    in_ = {};
    return {};
  }
  const auto out = in_.substr(0, size);
  in_.remove_prefix(size);
  return out;
}

std::string_view Decoder::rest() {
  const auto out = in_;
  in_ = {};
  return out;
}

Status Decoder::finish(std::string_view what) const {
  if (ok_ && in_.empty()) return {};
  return retry_later(Words{"{0} is damaged; run `hikyaku store check`",
                           "{0} が壊れています。`hikyaku store check` を実行してください"},
                     what);
}

}  // namespace hikyaku
