// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "protocol/smtp/path.h"
#include "protocol/smtp/reply.h"

namespace hikyaku::dsn {

/// Action of RFC 3464 §2.3.3.
enum class Action : unsigned char { kFailed, kDelayed, kDelivered, kRelayed, kExpanded };
[[nodiscard]] std::string_view name(Action action);

enum class Language : unsigned char { kEnglish, kJapanese };

/// RET of RFC 3461 §4.3.
enum class Return : unsigned char { kHeaders, kFull };

struct Recipient {
  smtp::Address address;
  std::string original;  ///< ORCPT, "rfc822;" or "utf-8;" and the address, decoded; or empty
  Action action = Action::kFailed;
  /// Of the remote server, or our own refusal (code 0 = no reply came: the text says what
  /// happened).
  smtp::Reply reply;
  std::string remote_host;  ///< that gave the reply, or empty
  UnixTime last_attempt;
  std::optional<UnixTime> retry_until;  ///< kDelayed only
};

struct Request {
  smtp::Address sender;        ///< to whom the report goes: the reverse-path, never null
  std::string reporting_host;  ///< our name
  std::string id;              ///< unique: left side of Message-ID
  std::string boundary;        ///< 16 or more random letters and digits
  std::string envelope_id;     ///< ENVID, decoded, or empty
  std::string tracking;        ///< tracking number of the message, or empty
  UnixTime arrival;
  UnixTime now;
  std::vector<Recipient> recipients;
  Language language = Language::kEnglish;
  Return what = Return::kHeaders;
  std::string original_headers;     ///< the message's header section, CRLF lines; cut at 64 KiB
  bool original_eight_bit = false;  ///< the message has octets over 127 (for Return::kFull)
  bool smtputf8 = false;            ///< the message came with SMTPUTF8, and the report goes with it
};

/// A report. With Return::kFull, the octets of the message come between `head` and `tail`, so that
/// it need not be in memory; else `head` and `tail` are all.
struct Report {
  std::string head;
  bool original_between = false;
  std::string tail;
};

/// What a reply means and what to do, in words for the sender; empty = nothing to add. `explain`
/// gives it.
using Explain = std::function<std::string(const smtp::Reply& reply, Language language)>;

/// A delivery status notification: multipart/report (RFC 6522) of a part for people,
/// message/delivery-status (RFC 3464), and the message or its headers. Sent with reverse-path <>
/// to the sender; it says Auto-Submitted: auto-replied (RFC 3834), so that nobody answers it.
///
/// The report of an internationalized message is one itself: UTF-8 in the To field, message/
/// global-delivery-status, message/global-headers and message/global (RFC 6533 §4).
///
/// Headers of another message that are not plain ASCII go in quoted-printable (RFC 6522 §4). Lines
/// end with CRLF. The caller sees to it that the sender is not null, and that the message was no
/// report itself.
[[nodiscard]] Report build(const Request& request, const Explain& explain);

}  // namespace hikyaku::dsn
