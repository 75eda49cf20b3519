// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/response/fetch.h"

#include "protocol/imap/write.h"

namespace hikyaku::imap {

FetchWriter::FetchWriter(std::string& out, std::uint32_t message_number) : out_(out) {
  out_ += "* ";
  append_number(out_, message_number);
  out_ += " FETCH (";
}

void FetchWriter::item(std::string_view name) {
  if (!first_) out_ += ' ';
  first_ = false;
  out_ += name;
}

void FetchWriter::finish() { out_ += ")\r\n"; }

FetchWriter& FetchWriter::flags(SystemFlags system, std::span<const std::string_view> keywords) {
  item("FLAGS (");
  append_system_flags(out_, system);
  bool first = system.bits == 0;
  for (const std::string_view keyword : keywords) {
    if (!first) out_ += ' ';
    first = false;
    out_ += keyword;
  }
  out_ += ')';
  return *this;
}

FetchWriter& FetchWriter::uid(Uid uid) {
  item("UID ");
  append_number(out_, uid.value);
  return *this;
}

FetchWriter& FetchWriter::size(std::uint64_t octets) {
  item("RFC822.SIZE ");
  append_number(out_, octets);
  return *this;
}

FetchWriter& FetchWriter::internal_date(DateTime date) {
  item("INTERNALDATE ");
  append_date_time(out_, date);
  return *this;
}

FetchWriter& FetchWriter::mod_seq(ModSeq mod_seq) {
  item("MODSEQ (");
  append_number(out_, mod_seq.value);
  out_ += ')';
  return *this;
}

FetchWriter& FetchWriter::email_id(std::string_view id) {
  item("EMAILID (");
  out_ += id;
  out_ += ')';
  return *this;
}

FetchWriter& FetchWriter::thread_id(std::string_view id) {
  if (id.empty()) {
    item("THREADID NIL");
    return *this;
  }
  item("THREADID (");
  out_ += id;
  out_ += ')';
  return *this;
}

FetchWriter& FetchWriter::envelope(std::string_view text) {
  item("ENVELOPE ");
  out_ += text;
  return *this;
}

FetchWriter& FetchWriter::body(std::string_view text) {
  item("BODY ");
  out_ += text;
  return *this;
}

FetchWriter& FetchWriter::body_structure(std::string_view text) {
  item("BODYSTRUCTURE ");
  out_ += text;
  return *this;
}

void FetchWriter::section_begin(const FetchSection& section, std::uint64_t octets) {
  item("");
  append_section_name(out_, section);
  // RFC 9051 §9 msg-att-static: BINARY may be a literal8, and must be one if it can hold NUL.
  out_ += section.item == FetchSection::Item::kBinary ? " ~" : " ";
  append_literal_header(out_, octets);
}

FetchWriter& FetchWriter::section(const FetchSection& section, std::string_view octets) {
  section_begin(section, octets.size());
  out_ += octets;
  return *this;
}

FetchWriter& FetchWriter::section_nil(const FetchSection& section) {
  item("");
  append_section_name(out_, section);
  out_ += " NIL";
  return *this;
}

FetchWriter& FetchWriter::binary_size(const FetchSection& section, std::uint64_t octets) {
  item("");
  append_section_name(out_, section);
  out_ += ' ';
  append_number(out_, octets);
  return *this;
}

}  // namespace hikyaku::imap
