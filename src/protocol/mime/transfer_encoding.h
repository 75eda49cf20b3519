// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hikyaku::mime {

/// Content-Transfer-Encoding (RFC 2045 §6).
enum class TransferEncoding : std::uint8_t {
  k7Bit = 0,
  k8Bit = 1,
  kBinary = 2,
  kQuotedPrintable = 3,
  kBase64 = 4,
  kUnknown = 5,  ///< any other token: the octets are left as they are
};

/// The encoding that a token names, in any case.
[[nodiscard]] TransferEncoding transfer_encoding(std::string_view token);
/// "base64"; kUnknown gives "".
[[nodiscard]] std::string_view transfer_encoding_name(TransferEncoding encoding);

/// Decodes a body piece by piece.
///
/// Shape:     octets in, any chunking -> decoded octets appended to out.
/// Errors:    none: stray octets in base64 are skipped, text after the padding is decoded on (some
///            mailers join encoded pieces), a wrong "=XY" of quoted-printable stays as it is.
/// Source:    RFC 2045 §6.7, §6.8.
/// Threads:   one owner at a time.
class TransferDecoder {
 public:
  explicit TransferDecoder(TransferEncoding encoding) : encoding_(encoding) {}

  void decode(std::string_view chunk, std::string& out);
  /// Flushes what waited for more; afterwards the decoder is as new.
  void finish(std::string& out);

 private:
  void decode_base64(std::string_view chunk, std::string& out);
  void decode_quoted_printable(std::string_view chunk, std::string& out);

  TransferEncoding encoding_;
  std::uint32_t bits_ = 0;   ///< base64: sextets not yet handed out
  unsigned bits_count_ = 0;  ///< how many of them
  std::string held_;         ///< quoted-printable: an escape or white space that is not whole yet
};

/// All at once.
[[nodiscard]] std::string decode_transfer(TransferEncoding encoding, std::string_view octets);

/// Encodes a body piece by piece, lines of at most 76 octets that end with CRLF.
///
/// Shape:     octets in, any chunking -> encoded text appended to out; k7Bit, k8Bit, kBinary copy.
///            quoted-printable takes CRLF and bare LF as line ends and writes CRLF (text only).
/// Source:    RFC 2045 §6.7, §6.8.
class TransferEncoder {
 public:
  explicit TransferEncoder(TransferEncoding encoding) : encoding_(encoding) {}

  void encode(std::string_view chunk, std::string& out);
  /// Ends the last line: base64 that wrote anything ends with CRLF.
  void finish(std::string& out);

 private:
  void encode_base64(std::string_view chunk, std::string& out);
  void encode_quoted_printable(std::string_view chunk, std::string& out);
  void put_quoted(char octet, bool at_line_end, std::string& out);

  TransferEncoding encoding_;
  std::string held_;
  std::size_t column_ = 0;
};

[[nodiscard]] std::string encode_transfer(TransferEncoding encoding, std::string_view octets);

/// Base64 in one line, for encoded words and tokens (RFC 4648 §4).
[[nodiscard]] std::string base64_line(std::string_view octets);

}  // namespace hikyaku::mime
