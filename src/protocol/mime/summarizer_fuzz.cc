// SPDX-License-Identifier: Apache-2.0
// Properties: chunked = whole; the tree's places are in order and cover the message; the stored
// form reads back the same; every string is fit for IMAP; the text is valid UTF-8.
#include <cstdint>
#include <cstdlib>

#include "base/utf8.h"
#include "protocol/mime/charset.h"
#include "protocol/mime/date.h"
#include "protocol/mime/encoded_word.h"
#include "protocol/mime/header.h"
#include "protocol/mime/summarizer.h"
#include "protocol/mime/text.h"

namespace {

using namespace hikyaku::mime;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_text(const std::string& s) {
  require(s.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
}
void check_text(const std::optional<std::string>& s) {
  if (s) check_text(*s);
}
void check_text(const std::vector<Parameter>& parameters) {
  for (const auto& p : parameters) {
    check_text(p.name);
    check_text(p.value);
  }
}
void check_text(const AddressList& list) {
  for (const auto& a : list) {
    check_text(a.name);
    for (const auto* s : {&a.route, &a.local_part, &a.domain}) check_text(*s);
  }
}
void check_text(const Envelope& e) {
  for (const auto* s : {&e.date, &e.subject, &e.in_reply_to, &e.message_id}) check_text(*s);
  for (const auto* l : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc}) check_text(*l);
  if (e.subject) require(hikyaku::is_utf8(decode_words(*e.subject)));
  if (e.date) (void)parse_date(*e.date);
}

void check(const Part& p) {
  require(p.header_begin <= p.body_begin && p.body_begin <= p.end);
  auto at = p.body_begin;
  for (const auto& c : p.children) {
    require(at <= c.header_begin);
    check(c);
    at = c.end;
  }
  require(at <= p.end);
  require(!p.is_message() || p.children.size() == 1);
  require(!p.is_multipart() || !p.children.empty());
  for (const auto* s : {&p.type, &p.subtype, &p.encoding_name}) check_text(*s);
  for (const auto* s : {&p.id, &p.description, &p.md5, &p.location}) check_text(*s);
  for (const auto& l : p.languages) check_text(l);
  check_text(p.parameters);
  if (p.disposition) check_text(p.disposition->parameters);
  if (p.envelope) check_text(*p.envelope);
  require(hikyaku::is_utf8(p.file_name()));
}

std::string text_of(const Summary& summary, std::string_view message, std::size_t chunk) {
  TextExtractor extractor(summary.structure, TextScope::kText);
  std::string out;
  const auto sink = [&](std::string_view text, TextExtractor::Piece piece) {
    out += text;
    if (piece == TextExtractor::Piece::kEnd) out += '\n';
  };
  for (std::size_t i = 0; i < message.size(); i += chunk) {
    extractor.push(message.substr(i, chunk), sink);
  }
  extractor.finish(sink);
  return out;
}

std::string search_fields_of(std::string_view message) {
  std::string out;
  HeaderReader reader(message);
  while (const auto field = reader.next())
    if (is_search_field(field->name)) out += field->raw;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t chunk = 1 + data[0];
  const std::string_view message(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = summarize(message);
  Summarizer pieces;
  for (std::size_t i = 0; i < message.size(); i += chunk) pieces.push(message.substr(i, chunk));
  require(pieces.finish() == whole);
  require(whole.octets == message.size() && whole.structure.root.end == message.size());
  check(whole.structure.root);
  check_text(whole.envelope);
  if (whole.search_header) require(*whole.search_header == search_fields_of(message));
  const auto structure = decode_structure(encode(whole.structure));
  require(structure && *structure == whole.structure);
  const auto envelope = decode_envelope(encode(whole.envelope));
  require(envelope && *envelope == whole.envelope);
  // What the disk holds, whoever wrote it.
  if (const auto found = decode_structure(message))
    require(decode_structure(encode(*found)).value() == *found);
  if (const auto found = decode_envelope(message))
    require(decode_envelope(encode(*found)).value() == *found);
  const auto text = text_of(whole, message, message.size() + 1);
  require(hikyaku::is_utf8(text));
  require(text_of(whole, message, chunk) == text);
  return 0;
}
