// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/smtp/notify.h"
#include "protocol/smtp/path.h"

namespace hikyaku::smtp {

/// BODY= of RFC 6152.
enum class Body : unsigned char { k7Bit, k8BitMime };

/// What came with MAIL beside the path. One group of members per extension.
struct MailParams {
  std::optional<std::uint64_t> size;  ///< SIZE=, RFC 1870
  Body body = Body::k7Bit;            ///< BODY=, RFC 6152
  bool smtputf8 = false;              ///< SMTPUTF8, RFC 6531 §3.4
  std::optional<std::string> auth;    ///< AUTH=, RFC 4954 §5, decoded; empty = "<>"
  Ret ret = Ret::kNotGiven;           ///< RET=, RFC 3461 §4.3
  std::string envelope_id;            ///< ENVID=, RFC 3461 §4.4, as it came (xtext); empty = none
};

/// What came with RCPT beside the path.
struct RcptParams {
  Notify notify;         ///< NOTIFY=, RFC 3461 §4.1
  std::string original;  ///< ORCPT=, §4.2, as it came: a type, ";", xtext (RFC 6533 §3: or UTF-8)
};

struct Recipient {
  Address address;
  RcptParams params;
};

/// One mail transaction: from an accepted MAIL to the end of data, RSET or a new EHLO.
struct Transaction {
  ReversePath reverse_path;
  MailParams params;
  std::vector<Recipient> recipients;  ///< accepted ones, in order
};

}  // namespace hikyaku::smtp
