// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/response/body_structure.h"

#include <algorithm>

#include "protocol/imap/response/envelope.h"
#include "protocol/imap/write.h"

namespace hikyaku::imap {
namespace {

bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// Why: RFC 9051 §7.5.2 would have "name*" with bare UTF-8 behind it. Clients of RFC 3501 know the
/// star from servers that pass on what stands in the message, charset and percent signs included,
/// and decode it; so they get that form, always as UTF-8. What is ASCII needs no star at all.
void append_parameter(std::string& out, const mime::Parameter& parameter) {
  if (parameter.form == mime::Parameter::Form::kPlain || is_printable_ascii(parameter.value)) {
    append_string(out, parameter.name);
    out += ' ';
    append_string(out, parameter.value);
  } else {
    append_string(out, parameter.name + "*");
    out += ' ';
    append_string(out, mime::extended_value(parameter.value));
  }
}

void append_parameters(std::string& out, const std::vector<mime::Parameter>& parameters) {
  if (parameters.empty()) {
    out += "NIL";
    return;
  }
  // Counted, not told from what is there: a literal may end with "(".
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    out += i == 0 ? '(' : ' ';
    append_parameter(out, parameters[i]);
  }
  out += ')';
}

void append_disposition(std::string& out, const std::optional<mime::Disposition>& disposition) {
  if (!disposition) {
    out += "NIL";
    return;
  }
  out += '(';
  append_string(out, disposition->type);
  out += ' ';
  append_parameters(out, disposition->parameters);
  out += ')';
}

void append_languages(std::string& out, const std::vector<std::string>& languages) {
  if (languages.empty()) {
    out += "NIL";
  } else if (languages.size() == 1) {
    append_string(out, languages.front());
  } else {
    for (std::size_t i = 0; i < languages.size(); ++i) {
      out += i == 0 ? '(' : ' ';
      append_string(out, languages[i]);
    }
    out += ')';
  }
}

/// What multiparts and others have in common at their end.
void append_extension(std::string& out, const mime::Part& part) {
  out += ' ';
  append_disposition(out, part.disposition);
  out += ' ';
  append_languages(out, part.languages);
  out += ' ';
  append_nstring(out, part.location);
}

void append_part(std::string& out, const mime::Part& part, BodyForm form);

void append_multipart(std::string& out, const mime::Part& part, BodyForm form) {
  for (const mime::Part& child : part.children) append_part(out, child, form);
  out += ' ';
  append_string(out, part.subtype);
  if (form == BodyForm::kBodyStructure) {
    out += ' ';
    append_parameters(out, part.parameters);
    append_extension(out, part);
  }
}

/// RFC 9051 §9 body-fields.
void append_fields(std::string& out, const mime::Part& part) {
  append_string(out, part.type);
  out += ' ';
  append_string(out, part.subtype);
  out += ' ';
  append_parameters(out, part.parameters);
  out += ' ';
  append_nstring(out, part.id);
  out += ' ';
  append_nstring(out, part.description);
  out += ' ';
  append_string(out, part.encoding == mime::TransferEncoding::kUnknown
                         ? std::string_view(part.encoding_name)
                         : mime::transfer_encoding_name(part.encoding));
  out += ' ';
  append_number(out, part.octets());
}

void append_single(std::string& out, const mime::Part& part, BodyForm form) {
  append_fields(out, part);
  if (part.is_message() && !part.children.empty()) {
    out += ' ';
    append_envelope(out, *part.envelope);
    out += ' ';
    append_part(out, part.children.front(), form);
  }
  if (part.is_text() || part.is_message()) {
    out += ' ';
    append_number(out, part.lines);
  }
  if (form == BodyForm::kBodyStructure) {
    out += ' ';
    append_nstring(out, part.md5);
    append_extension(out, part);
  }
}

void append_part(std::string& out, const mime::Part& part, BodyForm form) {
  out += '(';
  // RFC 9051 §9 body-type-mpart has one part or more.
  if (part.is_multipart() && !part.children.empty()) {
    append_multipart(out, part, form);
  } else {
    append_single(out, part, form);
  }
  out += ')';
}

}  // namespace

void append_body(std::string& out, const mime::Structure& structure, BodyForm form) {
  append_part(out, structure.root, form);
}

}  // namespace hikyaku::imap
