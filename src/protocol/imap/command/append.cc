// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/append.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

/// Behind "(".
Status parse_flags(Scanner& in, FlagList& flags) {
  bool first = true;
  while (!in.accept(')')) {
    if (!first) HK_TRY(in.space());
    first = false;
    HK_ASSIGN(const std::string_view flag, in.flag());
    HK_TRY(add_flag(flags, flag));
  }
  return {};
}

}  // namespace

Result<AppendMessage> parse_append_message(Scanner& in) {
  AppendMessage message;
  HK_TRY(in.space());
  if (in.accept('(')) {
    HK_TRY(parse_flags(in, message.flags));
    HK_TRY(in.space());
  }
  if (in.peek('"')) {
    HK_ASSIGN(const std::string date, in.string());
    HK_ASSIGN(message.date, parse_date_time(date));
    HK_TRY(in.space());
  }
  if (in.accept_word("UTF8")) {  // RFC 6855 §4
    message.form = AppendMessage::Form::kUtf8;
    HK_TRY(in.space());
    HK_TRY(in.expect('('));
  }
  const std::optional<LiteralHeader> literal = literal_at_end(in.rest());
  if (!literal || literal->header_octets != in.rest().size()) {
    return permanent("expected the message, as a literal");
  }
  message.octets = literal->octets;
  if (message.form == AppendMessage::Form::kUtf8) {
    if (!literal->binary) return permanent("UTF8 needs a literal8, like ~{310}");
  } else if (literal->binary) {
    message.form = AppendMessage::Form::kLiteral8;
  }
  return message;
}

}  // namespace hikyaku::imap
