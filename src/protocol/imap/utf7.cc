// SPDX-License-Identifier: Apache-2.0
// Modified UTF-7 of mailbox names, RFC 3501 §5.1.3.
#include <array>
#include <cstdint>

#include "base/utf8.h"
#include "protocol/imap/mailbox_name.h"

namespace hikyaku::imap {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
constexpr std::string_view kMalformed = "the mailbox name is not modified UTF-7 (RFC 3501 5.1.3)";

bool is_direct(char32_t c) { return c >= 0x20 && c <= 0x7e; }

/// Base64 of UTF-16BE, as it comes.
class ShiftWriter {
 public:
  explicit ShiftWriter(std::string& out) : out_(out) {}

  void put(char32_t c) {
    if (c >= 0x10000) {
      put_unit(0xd800 + ((c - 0x10000) >> 10));
      put_unit(0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
      put_unit(c);
    }
  }
  void finish() {
    if (count_ > 0) out_ += kAlphabet[(bits_ << (6 - count_)) & 0x3f];
    out_ += '-';
    bits_ = 0;
    count_ = 0;
  }

 private:
  void put_unit(std::uint32_t unit) {
    bits_ = (bits_ << 16) | unit;
    count_ += 16;
    while (count_ >= 6) {
      count_ -= 6;
      out_ += kAlphabet[(bits_ >> count_) & 0x3f];
    }
    bits_ &= (1U << count_) - 1;
  }

  std::string& out_;
  std::uint32_t bits_ = 0;
  unsigned count_ = 0;
};

/// Reads one shifted run, between "&" and "-", to UTF-8. False if it is not canonical.
bool read_shift(std::string_view run, std::string& out) {
  std::uint32_t bits = 0;
  unsigned count = 0;
  std::uint32_t high = 0;  // a surrogate that waits for its other half
  for (const char c : run) {
    const std::size_t value = kAlphabet.find(c);
    if (value == kAlphabet.npos) return false;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 16) continue;
    count -= 16;
    const std::uint32_t unit = bits >> count;
    bits &= (1U << count) - 1;
    const bool is_high = unit >= 0xd800 && unit <= 0xdbff;
    const bool is_low = unit >= 0xdc00 && unit <= 0xdfff;
    if (is_low != (high != 0)) return false;
    if (is_high) {
      high = unit;
    } else if (is_low) {
      append_utf8(out, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
      high = 0;
    } else if (is_direct(unit)) {
      return false;  // RFC 3501 §5.1.3: what can represent itself must
    } else {
      append_utf8(out, unit);
    }
  }
  return high == 0 && count < 6 && bits == 0;
}

}  // namespace

std::string utf7_encode(std::string_view utf8) {
  std::string out;
  ShiftWriter shift(out);
  bool shifted = false;
  while (!utf8.empty()) {
    const char32_t c = take_utf8(utf8).value_or(0xfffd);
    if (is_direct(c)) {
      if (shifted) shift.finish();
      shifted = false;
      out += static_cast<char>(c);
      if (c == '&') out += '-';
      continue;
    }
    if (!shifted) out += '&';
    shifted = true;
    shift.put(c);
  }
  if (shifted) shift.finish();
  return out;
}

Result<std::string> utf7_decode(std::string_view text) {
  std::string out;
  bool after_shift = false;
  while (!text.empty()) {
    const char c = text.front();
    if (c != '&') {
      if (!is_direct(static_cast<unsigned char>(c))) return permanent(std::string(kMalformed));
      out += c;
      text.remove_prefix(1);
      after_shift = false;
      continue;
    }
    const std::size_t end = text.find('-');
    if (end == text.npos) return permanent(std::string(kMalformed));
    const std::string_view run = text.substr(1, end - 1);
    if (run.empty()) {
      out += '&';
      after_shift = false;
    } else {
      // RFC 3501 §5.1.3: no null shifts ("-&" while in BASE64).
      if (after_shift || !read_shift(run, out)) return permanent(std::string(kMalformed));
      after_shift = true;
    }
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace hikyaku::imap
