// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocol/smtp/reply.h"

namespace hikyaku::smtp {

/// Why we refuse something: the stable id that stands in the reply's text, and the reply.
///
/// An id never changes its meaning and never goes away: administrators search for it, `explain`
/// and the trail know it. All of ours stand in reason.cc, in one table.
struct Reason {
  std::string_view id;  ///< "HK-RCPT-UNKNOWN"
  std::uint16_t code;
  EnhancedStatus enhanced;
  std::string_view text;  ///< small letters, without full stop
};

/// "550 5.1.1 <x@y>: no such mailbox here [HK-RCPT-UNKNOWN]"; `subject` ("<x@y>") may be empty.
[[nodiscard]] Reply refusal(const Reason& reason, std::string_view subject = {});

/// Every reason, in the order of the table.
[[nodiscard]] std::span<const Reason* const> reasons();
/// The reason of that id, or nullptr.
[[nodiscard]] const Reason* find_reason(std::string_view id);
/// The id in brackets at the end of a reply's text ("[HK-...]"), or empty.
[[nodiscard]] std::string_view reason_id_in(std::string_view text);

namespace reason {
// The dialogue itself.
extern const Reason kSyntax, kUnknownCommand, kNotImplemented, kBadArgument, kBadPath, kBadHello,
    kBadSequence, kHelloFirst, kMailFirst, kRcptFirst, kNestedMail, kNoRecipients, kParamUnknown,
    kParamBad, kLineLong, kCommandBareCr, kCommandBareLf, kCommandNul, kTooManyErrors,
    kTooManyRecipients, kTooManyMessages, kWrongProtocol, kPathUtf8;
// Message content.
extern const Reason kDataBareLf, kDataBareCr, kDataNul, kDataLineLong, kDataTooBig, kSizeTooBig;
// TLS and AUTH.
extern const Reason kTlsUnavailable, kTlsActive, kTlsRequired, kAuthRequired, kAuthNeedsTls,
    kAuthUnavailable, kAuthMechanism, kAuthTwice, kAuthInMail, kAuthBase64, kAuthCancelled,
    kAuthFailed, kAuthBinding, kAuthMalformed, kAuthLineLong, kAuthLimit, kAuthBackend;
// Who may send what to whom: given by the shell and the services.
extern const Reason kRcptUnknown, kRelayDenied, kRcptDisabled, kMailboxFull, kNotOwner, kFromOwner,
    kSenderUnknown, kNullMx, kPostmasterHere, kPolicy, kClientRefused, kFiltered, kVirus, kSpf,
    kDmarc, kLoop, kDeferred, kBadMessage;
// Failures of ours: always 4yz.
extern const Reason kInternal, kStoreBusy, kDiskFull, kTooBusy, kShuttingDown, kTimeout,
    kTooManyConnections, kDirectoryBusy;
}  // namespace reason

}  // namespace hikyaku::smtp
