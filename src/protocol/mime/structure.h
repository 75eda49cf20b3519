// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "protocol/mime/address.h"
#include "protocol/mime/parameter.h"
#include "protocol/mime/transfer_encoding.h"

namespace hikyaku::mime {

/// What IMAP calls the envelope: the header fields by which people tell messages apart, as written.
///
/// Text:   unfolded and trimmed, encoded words not decoded, any octets but CR, LF and NUL (headers
///         of the wild hold 8-bit text that is not UTF-8). nullopt: no such field; "": empty.
/// Source: RFC 9051 §7.5.2 (ENVELOPE). Of a repeated field the first counts; To, Cc and Bcc are
///         joined (RFC 5322 §4.5.3).
struct Envelope {
  std::optional<std::string> date;
  std::optional<std::string> subject;
  AddressList from;
  AddressList sender;    ///< as written: see sender_or_from()
  AddressList reply_to;  ///< as written: see reply_to_or_from()
  AddressList to;
  AddressList cc;
  AddressList bcc;
  std::optional<std::string> in_reply_to;
  std::optional<std::string> message_id;

  bool operator==(const Envelope&) const = default;

  /// What ENVELOPE shows: absent or empty, it is the same as From.
  [[nodiscard]] const AddressList& sender_or_from() const { return sender.empty() ? from : sender; }
  [[nodiscard]] const AddressList& reply_to_or_from() const {
    return reply_to.empty() ? from : reply_to;
  }
};

/// Content-Disposition (RFC 2183).
struct Disposition {
  std::string type;  ///< lower case
  std::vector<Parameter> parameters;

  bool operator==(const Disposition&) const = default;
};

/// One MIME entity: a message, or a part of one.
///
/// Shape:     a multipart has one child or more (if no delimiter was found, one text/plain child
///            that is the whole body). message/rfc822 and message/global have an envelope and
///            exactly one child, the embedded message's own entity. Others have none.
/// Units:     offsets in octets from the first octet of the outermost message.
/// Text:      no CR, LF or NUL in any string. Types, names and encodings in lower case.
/// Invariant: header_begin <= body_begin <= end; children lie in order within [body_begin, end].
struct Part {
  std::string type = "text";
  std::string subtype = "plain";
  std::vector<Parameter> parameters;  ///< of Content-Type; empty if there is no such field
  std::optional<std::string> id;
  std::optional<std::string> description;
  std::optional<std::string> md5;
  std::optional<std::string> location;
  std::optional<Disposition> disposition;
  std::vector<std::string> languages;
  TransferEncoding encoding = TransferEncoding::k7Bit;
  std::string encoding_name;  ///< the token, if encoding is kUnknown; else empty

  std::uint64_t header_begin = 0;
  std::uint64_t body_begin = 0;  ///< after the empty line
  std::uint64_t end = 0;         ///< before the line end that belongs to the next delimiter
  std::uint64_t lines = 0;       ///< line ends in the body, still encoded

  std::vector<Part> children;
  std::optional<Envelope> envelope;  ///< of the embedded message

  bool operator==(const Part&) const = default;

  [[nodiscard]] std::uint64_t octets() const { return end - body_begin; }
  [[nodiscard]] bool is_multipart() const { return type == "multipart"; }
  [[nodiscard]] bool is_message() const { return envelope.has_value(); }
  [[nodiscard]] bool is_text() const { return type == "text"; }
  /// "charset" of Content-Type, "us-ascii" by default (RFC 2045 §5.2).
  [[nodiscard]] std::string_view charset() const;
  /// filename of the disposition, else name of the type; "" if none. Encoded words decoded.
  [[nodiscard]] std::string file_name() const;
};

/// The tree of a whole message; root.end is its size.
struct Structure {
  Part root;
  bool operator==(const Structure&) const = default;
};

/// Fields whose text is kept beside a message, so that SEARCH need not read its header: Date,
/// Subject, From, To, Cc, Bcc, Message-ID.
[[nodiscard]] bool is_search_field(std::string_view name);
inline constexpr std::size_t kSearchHeaderOctetsMax = 4096;

/// What is computed once when a message comes in, and kept beside it.
struct Summary {
  Envelope envelope;
  Structure structure;
  std::optional<std::string> references;  ///< the field as written, unfolded: for threads
  /// All search fields of the header as they are written, in their order: a header block. nullopt
  /// when they take more than kSearchHeaderOctetsMax.
  std::optional<std::string> search_header;
  std::uint64_t octets = 0;
  std::uint64_t header_octets = 0;  ///< with the empty line
  bool utf8_header = false;         ///< a header, also of a part, has octets over 127 (RFC 6532)

  bool operator==(const Summary&) const = default;
};

/// Compact forms for the store: docs/formats/structure.md. decode gives kPermanent for octets that
/// encode never writes; it never allocates more than some multiple of the input.
[[nodiscard]] std::string encode(const Structure& structure);
[[nodiscard]] Result<Structure> decode_structure(std::string_view octets);
[[nodiscard]] std::string encode(const Envelope& envelope);
[[nodiscard]] Result<Envelope> decode_envelope(std::string_view octets);

/// A half-open piece of the message.
struct OctetRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool operator==(const OctetRange&) const = default;
};

/// The last word of an IMAP section (RFC 9051 §6.4.5.1).
enum class SectionText : std::uint8_t {
  kAll,     ///< BODY[], BODY[1.2]
  kMime,    ///< BODY[1.2.MIME]: needs numbers
  kHeader,  ///< BODY[HEADER], BODY[3.HEADER] and its FIELDS: with numbers, a message part only
  kText,    ///< BODY[TEXT], BODY[3.TEXT]: likewise
};

/// The part that IMAP numbers name; nullptr if there is none. Without numbers the root.
[[nodiscard]] const Part* find_part(const Structure& structure,
                                    std::span<const std::uint32_t> numbers);
/// The octets that a section names; nullopt if there is no such part (IMAP then sends "" or NIL).
[[nodiscard]] std::optional<OctetRange> find_section(const Structure& structure,
                                                     std::span<const std::uint32_t> numbers,
                                                     SectionText text);

}  // namespace hikyaku::mime
