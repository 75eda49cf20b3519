// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/write.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/utf8.h"
#include "protocol/mime/charset.h"
#include "protocol/mime/encoded_word.h"
#include "protocol/mime/header.h"
#include "protocol/mime/parameter.h"

namespace hikyaku::mime {
namespace {

constexpr std::size_t kLineOctetsWanted = 76;  // RFC 2047 §2, within the 78 of RFC 5322 §2.1.1
constexpr std::size_t kLineOctetsMax = 998;    // RFC 5322 §2.1.1
constexpr std::size_t kTextLineOctetsMax = 78;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out.append(c == '\n' ? "\r\n" : std::string_view(&text[i], 1));
  }
  return out;
}

/// ASCII in short lines, without control characters but tabs.
bool is_plain(std::string_view crlf_text) {
  std::size_t line = 0;
  for (const char c : crlf_text) {
    const auto u = static_cast<unsigned char>(c);
    if (u >= 0x7f || (u < ' ' && c != '\t' && c != '\r' && c != '\n')) return false;
    line = c == '\n' ? 0 : line + 1;
    if (line > kTextLineOctetsMax + 1) return false;
  }
  // A bare CR is no line end and must be encoded.
  for (std::size_t i = 0; i < crlf_text.size(); ++i) {
    if (crlf_text[i] == '\r' && (i + 1 == crlf_text.size() || crlf_text[i + 1] != '\n')) {
      return false;
    }
  }
  return true;
}

struct EncodedText {
  TransferEncoding encoding;
  std::string_view charset;
  std::string body;
};

EncodedText encode_text(std::string_view utf8) {
  auto text = with_crlf(to_utf8("utf-8", utf8));
  if (!text.empty() && !text.ends_with("\r\n")) text += "\r\n";
  const bool ascii = ascii_octets(text) == text.size();
  const std::string_view charset = ascii ? "us-ascii" : "utf-8";
  if (is_plain(text)) return {TransferEncoding::k7Bit, charset, std::move(text)};
  auto quoted = encode_transfer(TransferEncoding::kQuotedPrintable, text);
  if (quoted.size() <= text.size() / 3 * 4) {
    return {TransferEncoding::kQuotedPrintable, charset, std::move(quoted)};
  }
  return {TransferEncoding::kBase64, charset, encode_transfer(TransferEncoding::kBase64, text)};
}

std::string encoded_name(const std::string& name) {
  const bool plain = is_utf8(name) && ascii_octets(name) == name.size();
  return plain ? name : encode_words(name, WordContext::kPhrase);
}

}  // namespace

std::string fold_field(std::string_view name, std::string_view value) {
  std::string clean(trim(value));
  std::ranges::replace_if(clean, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  std::string out(name);
  out += ": ";
  std::size_t line_begin = 0;
  std::string_view rest = clean;
  bool first = true;
  while (!rest.empty()) {
    // The blanks before a word and the word; folds stand before blanks (RFC 5322 §2.2.3).
    std::size_t word = 0;
    while (word < rest.size() && is_blank(rest[word])) ++word;
    while (word < rest.size() && !is_blank(rest[word])) ++word;
    auto piece = rest.substr(0, word);
    rest.remove_prefix(word);
    if (!first && out.size() - line_begin + piece.size() > kLineOctetsWanted) {
      out += "\r\n";
      line_begin = out.size();
    }
    first = false;
    // A word that no line can hold is cut: better than a line that a relay refuses.
    while (out.size() - line_begin + piece.size() > kLineOctetsMax) {
      auto room = kLineOctetsMax - (out.size() - line_begin);
      while (room > 1 && (static_cast<unsigned char>(piece[room]) & 0xc0U) == 0x80) --room;
      out.append(piece.substr(0, room)).append("\r\n ");
      line_begin = out.size() - 1;
      piece.remove_prefix(room);
    }
    out.append(piece);
  }
  return out + "\r\n";
}

MessageWriter& MessageWriter::field(std::string_view name, std::string_view value) {
  out_ += fold_field(name, value);
  return *this;
}

MessageWriter& MessageWriter::text_field(std::string_view name, std::string_view utf8) {
  return field(name, encode_words(utf8, WordContext::kText));
}

MessageWriter& MessageWriter::address_field(std::string_view name, const AddressList& addresses) {
  auto encoded = addresses;
  for (auto& a : encoded) {
    if (a.name) a.name = encoded_name(*a.name);
  }
  return field(name, print_addresses(encoded));
}

std::string MessageWriter::text_body(std::string_view utf8) && {
  HK_ASSERT(boundary_.empty());
  const auto text = encode_text(utf8);
  field("MIME-Version", "1.0");
  field("Content-Type", "text/plain; charset=" + std::string(text.charset));
  field("Content-Transfer-Encoding", transfer_encoding_name(text.encoding));
  out_.append("\r\n").append(text.body);
  return std::move(out_);
}

MessageWriter& MessageWriter::begin_multipart(std::string_view subtype, std::string_view boundary,
                                              std::string_view type_parameters) {
  HK_ASSERT(boundary_.empty() && !boundary.empty() && boundary.size() <= 70);
  boundary_ = boundary;
  field("MIME-Version", "1.0");
  field("Content-Type", "multipart/" + std::string(subtype) + std::string(type_parameters) +
                            "; boundary=\"" + boundary_ + "\"");
  return *this;
}

void MessageWriter::begin_part(std::string_view description) {
  HK_ASSERT(!boundary_.empty());
  out_.append("\r\n--").append(boundary_).append("\r\n");
  if (!description.empty()) text_field("Content-Description", description);
}

MessageWriter& MessageWriter::text_part(std::string_view content_type, std::string_view utf8,
                                        std::string_view description) {
  const auto text = encode_text(utf8);
  return raw_part(std::string(content_type) + "; charset=" + std::string(text.charset),
                  text.encoding, text.body, description);
}

MessageWriter& MessageWriter::raw_part(std::string_view content_type, TransferEncoding encoding,
                                       std::string_view octets, std::string_view description) {
  begin_part(description);
  field("Content-Type", content_type);
  if (encoding != TransferEncoding::kUnknown) {
    field("Content-Transfer-Encoding", transfer_encoding_name(encoding));
  }
  out_.append("\r\n").append(octets);
  return *this;
}

MessageWriter& MessageWriter::attachment(std::string_view content_type, std::string_view file_name,
                                         std::string_view octets) {
  begin_part({});
  field("Content-Type", content_type);
  field("Content-Disposition", "attachment" + print_parameter("filename", file_name));
  field("Content-Transfer-Encoding", "base64");
  out_.append("\r\n").append(encode_transfer(TransferEncoding::kBase64, octets));
  return *this;
}

std::string MessageWriter::finish() && {
  HK_ASSERT(!boundary_.empty());
  out_.append("\r\n--").append(boundary_).append("--\r\n");
  return std::move(out_);
}

}  // namespace hikyaku::mime
