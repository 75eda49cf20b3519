// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/response/envelope.h"

#include "protocol/imap/write.h"

namespace hikyaku::imap {
namespace {

using Kind = mime::Address::Kind;

void append_address(std::string& out, const mime::Address& address) {
  out += '(';
  if (address.kind == Kind::kMailbox) {
    append_nstring(out, address.name);
    out += ' ';
    if (address.route.empty()) {
      out += "NIL";
    } else {
      append_string(out, address.route);
    }
    out += ' ';
    append_string(out, address.local_part);
    out += ' ';
    // RFC 9051 §7.5.2: NIL would make it a group. A broken address has an empty host.
    append_string(out, address.domain);
  } else if (address.kind == Kind::kGroupBegin) {
    out += "NIL NIL ";
    append_string(out, address.name.value_or(""));
    out += " NIL";
  } else {
    out += "NIL NIL NIL NIL";
  }
  out += ')';
}

void append_addresses(std::string& out, const mime::AddressList& list) {
  if (list.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const mime::Address& address : list) append_address(out, address);
  out += ')';
}

}  // namespace

void append_envelope(std::string& out, const mime::Envelope& envelope) {
  out += '(';
  append_nstring(out, envelope.date);
  out += ' ';
  append_nstring(out, envelope.subject);
  for (const mime::AddressList* list :
       {&envelope.from, &envelope.sender_or_from(), &envelope.reply_to_or_from(), &envelope.to,
        &envelope.cc, &envelope.bcc}) {
    out += ' ';
    append_addresses(out, *list);
  }
  out += ' ';
  append_nstring(out, envelope.in_reply_to);
  out += ' ';
  append_nstring(out, envelope.message_id);
  out += ')';
}

}  // namespace hikyaku::imap
