// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/reason.h"

#include <fmt/format.h>

#include <array>

namespace hikyaku::smtp {
namespace reason {

#define HK_REASON(name, id, code, klass, subject, detail, text) \
  constinit const Reason name { id, code, {klass, subject, detail}, text }

// The dialogue itself.
HK_REASON(kSyntax, "HK-SYNTAX", 500, 5, 5, 2, "syntax error, command not recognized");
HK_REASON(kUnknownCommand, "HK-COMMAND-UNKNOWN", 500, 5, 5, 1, "command not recognized");
HK_REASON(kNotImplemented, "HK-COMMAND-OFF", 502, 5, 5, 1, "command not offered here");
HK_REASON(kBadArgument, "HK-ARGUMENT", 501, 5, 5, 4, "syntax error in arguments");
HK_REASON(kBadPath, "HK-PATH", 501, 5, 1, 3, "not a valid address");
HK_REASON(kBadHello, "HK-HELO-SYNTAX", 501, 5, 5, 4,
          "a host name or an address in brackets must follow");
HK_REASON(kBadSequence, "HK-SEQUENCE", 503, 5, 5, 1, "bad sequence of commands");
HK_REASON(kHelloFirst, "HK-HELO-FIRST", 503, 5, 5, 1, "say EHLO first (LHLO with LMTP)");
HK_REASON(kMailFirst, "HK-MAIL-FIRST", 503, 5, 5, 1, "say MAIL first");
HK_REASON(kRcptFirst, "HK-RCPT-FIRST", 503, 5, 5, 1, "say RCPT first");
HK_REASON(kNestedMail, "HK-MAIL-NESTED", 503, 5, 5, 1, "a message is under way already");
HK_REASON(kNoRecipients, "HK-NO-RECIPIENTS", 554, 5, 5, 1, "no valid recipients");
HK_REASON(kParamUnknown, "HK-PARAM-UNKNOWN", 555, 5, 5, 4, "parameter not recognized");
HK_REASON(kParamBad, "HK-PARAM", 501, 5, 5, 4, "bad value of a parameter, or given twice");
HK_REASON(kLineLong, "HK-LINE-LONG", 500, 5, 5, 2, "command line too long");
HK_REASON(kCommandBareCr, "HK-BARE-CR", 500, 5, 5, 2, "bare CR received, lines must end in CRLF");
HK_REASON(kCommandBareLf, "HK-BARE-LF", 500, 5, 5, 2, "bare LF received, lines must end in CRLF");
HK_REASON(kCommandNul, "HK-NUL", 500, 5, 5, 2, "NUL received");
HK_REASON(kTooManyErrors, "HK-ERRORS", 421, 4, 7, 0, "too many errors, closing");
HK_REASON(kTooManyRecipients, "HK-RCPT-LIMIT", 452, 4, 5, 3,
          "too many recipients, send the rest in another message");
HK_REASON(kTooManyMessages, "HK-MAIL-LIMIT", 421, 4, 5, 0,
          "too many messages in one session, connect again");
HK_REASON(kWrongProtocol, "HK-PROTOCOL", 500, 5, 5, 1,
          "LMTP wants LHLO, SMTP wants EHLO: this port speaks the other one");
HK_REASON(kPathUtf8, "HK-PATH-UTF8", 553, 5, 6, 7, "an address in UTF-8 needs SMTPUTF8 at MAIL");

// Message content. RFC 5321 §2.3.8: CR and LF only together.
HK_REASON(kDataBareLf, "HK-DATA-BARE-LF", 550, 5, 6, 0,
          "message has a line that LF alone ends, lines must end in CRLF");
HK_REASON(kDataBareCr, "HK-DATA-BARE-CR", 550, 5, 6, 0,
          "message has a CR without LF, lines must end in CRLF");
HK_REASON(kDataNul, "HK-DATA-NUL", 550, 5, 6, 0, "message has a NUL octet");
HK_REASON(kDataLineLong, "HK-DATA-LINE-LONG", 550, 5, 6, 0, "message has a line that is too long");
HK_REASON(kDataTooBig, "HK-DATA-SIZE", 552, 5, 3, 4, "message is larger than this server takes");
HK_REASON(kSizeTooBig, "HK-SIZE", 552, 5, 3, 4, "message is larger than this server takes");

// TLS and AUTH.
HK_REASON(kTlsUnavailable, "HK-TLS-OFF", 502, 5, 5, 1, "STARTTLS is not offered here");
HK_REASON(kTlsActive, "HK-TLS-ACTIVE", 503, 5, 5, 1, "TLS is active already");
HK_REASON(kTlsRequired, "HK-TLS-REQUIRED", 530, 5, 7, 0, "must issue a STARTTLS command first");
HK_REASON(kAuthRequired, "HK-AUTH-REQUIRED", 530, 5, 7, 0, "authentication required");
HK_REASON(kAuthNeedsTls, "HK-AUTH-TLS", 538, 5, 7, 11,
          "encryption required for authentication, say STARTTLS first");
HK_REASON(kAuthUnavailable, "HK-AUTH-OFF", 502, 5, 5, 1, "AUTH is not offered here");
HK_REASON(kAuthMechanism, "HK-AUTH-MECHANISM", 504, 5, 5, 4,
          "authentication mechanism not offered here");
HK_REASON(kAuthTwice, "HK-AUTH-TWICE", 503, 5, 5, 1, "already authenticated");
HK_REASON(kAuthInMail, "HK-AUTH-IN-MAIL", 503, 5, 5, 1, "AUTH is not permitted in a transaction");
HK_REASON(kAuthBase64, "HK-AUTH-BASE64", 501, 5, 5, 2, "not valid base64");
HK_REASON(kAuthCancelled, "HK-AUTH-CANCELLED", 501, 5, 7, 0, "authentication cancelled");
HK_REASON(kAuthFailed, "HK-AUTH-FAILED", 535, 5, 7, 8, "authentication credentials invalid");
HK_REASON(kAuthBinding, "HK-AUTH-BINDING", 535, 5, 7, 8,
          "the TLS connection of the client is not ours: channel binding does not match");
HK_REASON(kAuthMalformed, "HK-AUTH-MALFORMED", 501, 5, 5, 2,
          "the authentication exchange is not as its mechanism wants it");
HK_REASON(kAuthLineLong, "HK-AUTH-LINE-LONG", 500, 5, 5, 6,
          "authentication exchange line too long");
HK_REASON(kAuthLimit, "HK-AUTH-LIMIT", 421, 4, 7, 0, "too many failed logins, closing");
HK_REASON(kAuthBackend, "HK-AUTH-BUSY", 454, 4, 7, 0, "temporary authentication failure");

// Who may send what to whom.
HK_REASON(kRcptUnknown, "HK-RCPT-UNKNOWN", 550, 5, 1, 1, "no such mailbox here");
HK_REASON(kRelayDenied, "HK-RELAY-DENIED", 550, 5, 7, 1,
          "relaying denied, log in or send to a domain of this server");
HK_REASON(kRcptDisabled, "HK-RCPT-DISABLED", 550, 5, 2, 1, "mailbox is disabled");
HK_REASON(kMailboxFull, "HK-MAILBOX-FULL", 452, 4, 2, 2, "mailbox is full");
HK_REASON(kNotOwner, "HK-SENDER-OWNER", 553, 5, 7, 1, "this login may not send as this sender");
HK_REASON(kFromOwner, "HK-FROM-OWNER", 550, 5, 7, 1, "this login may not send with this From");
HK_REASON(kSenderUnknown, "HK-SENDER-UNKNOWN", 550, 5, 1, 8, "sender's domain does not exist");
HK_REASON(kNullMx, "HK-NULL-MX", 556, 5, 1, 10, "the domain accepts no mail (null MX)");
HK_REASON(kPostmasterHere, "HK-POSTMASTER", 550, 5, 1, 1, "no postmaster is set up here");
HK_REASON(kPolicy, "HK-POLICY", 550, 5, 7, 1, "refused by a rule of this server");
HK_REASON(kClientRefused, "HK-CLIENT", 554, 5, 7, 1, "this client may not connect");
HK_REASON(kFiltered, "HK-FILTER", 550, 5, 7, 1, "message refused by a filter");
HK_REASON(kVirus, "HK-VIRUS", 550, 5, 7, 1, "message has harmful content");
HK_REASON(kSpf, "HK-SPF", 550, 5, 7, 23, "SPF validation failed");
HK_REASON(kDmarc, "HK-DMARC", 550, 5, 7, 1, "the From domain's DMARC policy refuses this message");
HK_REASON(kLoop, "HK-LOOP", 554, 5, 4, 6, "mail loop, too many Received fields");
HK_REASON(kDeferred, "HK-DEFERRED", 451, 4, 7, 1, "try again later");
HK_REASON(kBadMessage, "HK-MESSAGE", 550, 5, 6, 0, "not a valid Internet message");

// Failures of ours.
HK_REASON(kInternal, "HK-INTERNAL", 451, 4, 3, 0, "local error, try again later");
HK_REASON(kStoreBusy, "HK-STORE", 451, 4, 3, 0, "storage is not available, try again later");
HK_REASON(kDiskFull, "HK-DISK-FULL", 452, 4, 3, 1, "storage is full, try again later");
HK_REASON(kTooBusy, "HK-BUSY", 421, 4, 3, 2, "server is busy, try again later");
HK_REASON(kShuttingDown, "HK-SHUTDOWN", 421, 4, 3, 2, "server is shutting down, connect again");
HK_REASON(kTimeout, "HK-TIMEOUT", 421, 4, 4, 2, "timeout, closing");
HK_REASON(kTooManyConnections, "HK-CONNECTIONS", 421, 4, 7, 0,
          "too many connections from your address");
HK_REASON(kDirectoryBusy, "HK-DIRECTORY", 451, 4, 3, 0,
          "address can not be checked now, try again later");
#undef HK_REASON

namespace {
constexpr std::array kAll = {&kSyntax,
                             &kUnknownCommand,
                             &kNotImplemented,
                             &kBadArgument,
                             &kBadPath,
                             &kBadHello,
                             &kBadSequence,
                             &kHelloFirst,
                             &kMailFirst,
                             &kRcptFirst,
                             &kNestedMail,
                             &kNoRecipients,
                             &kParamUnknown,
                             &kParamBad,
                             &kLineLong,
                             &kCommandBareCr,
                             &kCommandBareLf,
                             &kCommandNul,
                             &kTooManyErrors,
                             &kTooManyRecipients,
                             &kTooManyMessages,
                             &kWrongProtocol,
                             &kPathUtf8,
                             &kDataBareLf,
                             &kDataBareCr,
                             &kDataNul,
                             &kDataLineLong,
                             &kDataTooBig,
                             &kSizeTooBig,
                             &kTlsUnavailable,
                             &kTlsActive,
                             &kTlsRequired,
                             &kAuthRequired,
                             &kAuthNeedsTls,
                             &kAuthUnavailable,
                             &kAuthMechanism,
                             &kAuthTwice,
                             &kAuthInMail,
                             &kAuthBase64,
                             &kAuthCancelled,
                             &kAuthFailed,
                             &kAuthBinding,
                             &kAuthMalformed,
                             &kAuthLineLong,
                             &kAuthLimit,
                             &kAuthBackend,
                             &kRcptUnknown,
                             &kRelayDenied,
                             &kRcptDisabled,
                             &kMailboxFull,
                             &kNotOwner,
                             &kFromOwner,
                             &kSenderUnknown,
                             &kNullMx,
                             &kPostmasterHere,
                             &kPolicy,
                             &kClientRefused,
                             &kFiltered,
                             &kVirus,
                             &kSpf,
                             &kDmarc,
                             &kLoop,
                             &kDeferred,
                             &kBadMessage,
                             &kInternal,
                             &kStoreBusy,
                             &kDiskFull,
                             &kTooBusy,
                             &kShuttingDown,
                             &kTimeout,
                             &kTooManyConnections,
                             &kDirectoryBusy};
}  // namespace
}  // namespace reason

Reply refusal(const Reason& reason, std::string_view subject) {
  return {reason.code, reason.enhanced,
          subject.empty() ? fmt::format("{} [{}]", reason.text, reason.id)
                          : fmt::format("{}: {} [{}]", subject, reason.text, reason.id)};
}

std::span<const Reason* const> reasons() { return reason::kAll; }

const Reason* find_reason(std::string_view id) {
  for (const Reason* reason : reasons()) {
    if (reason->id == id) return reason;
  }
  return nullptr;
}

std::string_view reason_id_in(std::string_view text) {
  const std::size_t open = text.rfind("[HK-");
  if (open == std::string_view::npos) return {};
  const std::size_t close = text.find(']', open);
  if (close == std::string_view::npos) return {};
  return text.substr(open + 1, close - open - 1);
}

}  // namespace hikyaku::smtp
