// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace hikyaku::mime {

/// Whether text in that charset can be read (IMAP SEARCH CHARSET asks).
[[nodiscard]] bool charset_known(std::string_view charset);

/// The text as valid UTF-8: octets that make no sense become U+FFFD. An unknown or empty charset,
/// or US-ASCII with 8-bit octets, is read as UTF-8 if it is that, else as Windows-1252.
[[nodiscard]] std::string to_utf8(std::string_view charset, std::string_view octets);

/// Text of one charset to UTF-8, piece by piece.
///
/// Shape:   octets in, any chunking -> valid UTF-8 appended to out; a character may be cut
/// anywhere. Errors:  none; see to_utf8. The guess for unknown charsets is made at the first octet
/// that is not
///          ASCII, from what is at hand then.
/// Threads: one owner at a time; converters are taken from and given back to a cache of the thread.
class CharsetDecoder {
 public:
  static constexpr std::size_t kGuessOctets = 1024;

  explicit CharsetDecoder(std::string_view charset);
  CharsetDecoder(CharsetDecoder&&) noexcept;
  CharsetDecoder& operator=(CharsetDecoder&&) noexcept;
  ~CharsetDecoder();

  void decode(std::string_view chunk, std::string& out);
  void finish(std::string& out);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace hikyaku::mime
