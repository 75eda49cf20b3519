// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/mime/address.h"
#include "protocol/mime/transfer_encoding.h"

namespace hikyaku::mime {

/// "Name: value CRLF", folded at white space so that lines have at most 78 octets where the value
/// allows it (RFC 5322 §2.1.1), never over 998. The value is ASCII or UTF-8 already fit for a
/// header (see encode_words); CR, LF and NUL in it become spaces, so that nobody can inject a
/// field.
[[nodiscard]] std::string fold_field(std::string_view name, std::string_view value);

/// Builds messages of ours: reports, notices, replies.
///
/// Shape:  header fields first, then one body or a multipart; text is UTF-8 and gets the encoding
/// it
///         needs (7bit if it is ASCII with lines of at most 78 octets, else quoted-printable or
///         base64, whichever is shorter). Lines of text may end with LF or CRLF.
/// Output: CRLF line ends, ASCII only, no line over 998 octets; a part added as octets stays as is.
class MessageWriter {
 public:
  /// A field whose value needs no encoding: tokens, message ids, dates.
  MessageWriter& field(std::string_view name, std::string_view value);
  /// Unstructured text: encoded words where needed.
  MessageWriter& text_field(std::string_view name, std::string_view utf8);
  /// Addresses; display names are UTF-8 and get encoded words where needed.
  MessageWriter& address_field(std::string_view name, const AddressList& addresses);

  /// The only body: text/plain; charset=utf-8. Ends the message.
  [[nodiscard]] std::string text_body(std::string_view utf8) &&;

  /// Begins multipart/SUBTYPE. boundary: 1 to 70 characters of RFC 2046 §5.1.1 that occur at the
  /// start of no line of any part (the caller makes it of random octets). type_parameters:
  /// "; report-type=delivery-status" or "".
  MessageWriter& begin_multipart(std::string_view subtype, std::string_view boundary,
                                 std::string_view type_parameters = {});
  /// A text part: content_type is "text/plain" or the like, the charset is added.
  MessageWriter& text_part(std::string_view content_type, std::string_view utf8,
                           std::string_view description = {});
  /// A part as it is (message/delivery-status, a returned message): lines end with CRLF, octets
  /// already fit for the encoding that is named.
  MessageWriter& raw_part(std::string_view content_type, TransferEncoding encoding,
                          std::string_view octets, std::string_view description = {});
  /// An attachment in base64.
  MessageWriter& attachment(std::string_view content_type, std::string_view file_name,
                            std::string_view octets);
  /// Closes the multipart and hands out the message.
  [[nodiscard]] std::string finish() &&;

 private:
  void begin_part(std::string_view description);

  std::string out_;
  std::string boundary_;
};

}  // namespace hikyaku::mime
