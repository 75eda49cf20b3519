// SPDX-License-Identifier: Apache-2.0
// Properties: chunked = whole for transfer encodings and charsets; decode(encode(x)) = x, in lines
// that fit; text is valid UTF-8; a date that was read is printed as what reads as the same.
// The first octet chooses encoding and charset, the second the size of the pieces.
#include <cstdint>
#include <cstdlib>

#include "base/utf8.h"
#include "protocol/mime/charset.h"
#include "protocol/mime/date.h"
#include "protocol/mime/transfer_encoding.h"

namespace {

using namespace hikyaku::mime;

constexpr std::string_view kCharsets[] = {
    "utf-8",  "iso-2022-jp", "shift_jis",    "euc-jp", "gb18030", "big5",
    "euc-kr", "utf-7",       "windows-1252", "koi8-r", "utf-16",  "iso-8859-15"};

void require(bool holds) {
  if (!holds) std::abort();
}

template <class Coder, class Step>
std::string in_pieces(Coder coder, std::string_view in, std::size_t piece, Step step) {
  std::string out;
  for (std::size_t i = 0; i < in.size(); i += piece) step(coder, in.substr(i, piece), out);
  coder.finish(out);
  return out;
}

void check_transfer(TransferEncoding encoding, std::string_view in, std::size_t piece) {
  const auto decode = [](auto& coder, std::string_view chunk, std::string& out) {
    coder.decode(chunk, out);
  };
  const auto encode = [](auto& coder, std::string_view chunk, std::string& out) {
    coder.encode(chunk, out);
  };
  const auto decoded = decode_transfer(encoding, in);
  require(in_pieces(TransferDecoder(encoding), in, piece, decode) == decoded);
  require(decoded.size() <= in.size());
  const auto encoded = encode_transfer(encoding, in);
  require(in_pieces(TransferEncoder(encoding), in, piece, encode) == encoded);

  std::string want(in);
  if (encoding == TransferEncoding::kQuotedPrintable)
    for (std::size_t at = 0; (at = want.find('\n', at)) != std::string::npos; ++at)
      if (at == 0 || want[at - 1] != '\r') want.insert(at++, 1, '\r');
  require(decode_transfer(encoding, encoded) == want);
  if (encoding < TransferEncoding::kQuotedPrintable) return;
  // RFC 2045 §6.7 (5), §6.8.
  for (std::string_view rest = encoded; !rest.empty();) {
    const auto end = std::min(rest.find("\r\n"), rest.size());
    require(end <= 76);
    for (const char c : rest.substr(0, end))
      require((c >= ' ' && c < 0x7f) || (c == '\t' && encoding != TransferEncoding::kBase64));
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
}

void check_charset(std::string_view charset, std::string_view in, std::size_t piece) {
  const auto text = to_utf8(charset, in);
  require(hikyaku::is_utf8(text));
  const auto cut = in_pieces(
      CharsetDecoder(charset), in, piece,
      [](auto& coder, std::string_view chunk, std::string& out) { coder.decode(chunk, out); });
  require(hikyaku::is_utf8(cut));
  // Where nothing has to be guessed, pieces do not matter.
  if (charset_known(charset)) require(cut == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view in(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t piece = data[1] % 64 + 1U;
  check_transfer(static_cast<TransferEncoding>(data[0] / 16 % 5), in, piece);
  check_charset(kCharsets[data[0] % 16 % std::size(kCharsets)], in, piece);
  if (hikyaku::is_utf8(in)) require(to_utf8("utf-8", in) == in);
  if (const auto date = hikyaku::mime::parse_date(in)) {
    const auto again = hikyaku::mime::parse_date(print_date(date->time, date->zone));
    require(again && *again == *date);
  }
  return 0;
}
