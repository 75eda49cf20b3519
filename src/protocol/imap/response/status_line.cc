// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/response/status_line.h"

#include "protocol/imap/write.h"

namespace hikyaku::imap {
namespace {

std::string_view name_of(Condition condition) {
  switch (condition) {
    case Condition::kOk: return "OK";
    case Condition::kNo: return "NO";
    case Condition::kBad: return "BAD";
    case Condition::kBye: return "BYE";
    case Condition::kPreauth: return "PREAUTH";
  }
  return "BAD";
}

/// RFC 9051 §9 text: one character or more, none of them CR, LF or NUL.
void append_text(std::string& out, std::string_view text) {
  if (text.empty()) text = ".";
  for (const char c : text) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  out += "\r\n";
}

std::string code_with(std::string_view name, std::uint64_t number) {
  std::string code(name);
  code += ' ';
  append_number(code, number);
  return code;
}

}  // namespace

void append_status(std::string& out, std::string_view tag, Condition condition,
                   std::string_view code, std::string_view text) {
  out += tag.empty() ? "*" : tag;
  out += ' ';
  out += name_of(condition);
  out += ' ';
  if (!code.empty()) {
    out += '[';
    out += code;
    out += "] ";
  }
  append_text(out, text);
}

void append_continuation(std::string& out, std::string_view text) {
  out += "+ ";
  out += text;
  out += "\r\n";
}

std::string uid_validity_code(std::uint32_t uid_validity) {
  return code_with("UIDVALIDITY", uid_validity);
}
std::string uid_next_code(std::uint32_t uid_next) { return code_with("UIDNEXT", uid_next); }
std::string unseen_code(std::uint32_t message_number) {
  return code_with("UNSEEN", message_number);
}
std::string highest_mod_seq_code(ModSeq mod_seq) {
  return code_with("HIGHESTMODSEQ", mod_seq.value);
}

std::string append_uid_code(std::uint32_t uid_validity, const NumberSet& uids) {
  std::string code = code_with("APPENDUID", uid_validity);
  code += ' ';
  append_number_set(code, uids);
  return code;
}

std::string copy_uid_code(std::uint32_t uid_validity, const NumberSet& from, const NumberSet& to) {
  std::string code = code_with("COPYUID", uid_validity);
  code += ' ';
  append_number_set(code, from);
  code += ' ';
  append_number_set(code, to);
  return code;
}

std::string modified_code(const NumberSet& messages) {
  std::string code = "MODIFIED ";
  append_number_set(code, messages);
  return code;
}

std::string mailbox_id_code(std::string_view id) { return "MAILBOXID (" + std::string(id) + ")"; }

}  // namespace hikyaku::imap
