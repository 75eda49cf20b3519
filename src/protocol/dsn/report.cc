// SPDX-License-Identifier: Apache-2.0
#include "protocol/dsn/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "base/utf8.h"
#include "protocol/dsn/words.h"
#include "protocol/mime/date.h"
#include "protocol/mime/transfer_encoding.h"
#include "protocol/mime/write.h"
#include "protocol/smtp/utf8_address.h"

namespace hikyaku::dsn {
namespace {

constexpr std::size_t kHeaderOctetsMax = 65536;
constexpr std::size_t kDiagnosticOctetsMax = 2000;

/// Whether a report may have UTF-8 outside of the part for people.
enum class Form : unsigned char { kAscii, kGlobal };

Form form(const Request& request) { return request.smtputf8 ? Form::kGlobal : Form::kAscii; }

/// A value for message/delivery-status, which is ASCII text on one line (RFC 3464 §2.1), or for its
/// global form, which is UTF-8 (RFC 6533 §4).
std::string clean(std::string_view text, Form form) {
  std::string_view piece = text.substr(0, kDiagnosticOctetsMax);
  while (piece.size() < text.size() && !piece.empty() && !is_ascii(piece.substr(piece.size() - 1)))
    piece.remove_suffix(1);
  const bool utf8 = form == Form::kGlobal && is_utf8(piece);
  std::string out;
  for (const char c : piece) {
    const bool fine = (c >= 0x20 && c < 0x7f) || (utf8 && !is_ascii({&c, 1}));
    out += fine ? c : c == '\n' || c == '\t' ? ' ' : '?';
  }
  return out;
}

/// Type and address as the form has it (RFC 6533 §3).
std::string typed(std::string_view type, std::string_view address, Form form) {
  if (is_ascii(address)) return std::string(type) + std::string(address);
  return "utf-8;" +
         (form == Form::kGlobal ? std::string(address) : smtp::utf8_address_encode(address));
}

/// Status: the remote's own if it gave one (RFC 3464 §2.3.4), else what its code says.
std::string status(const Recipient& r) {
  if (r.reply.enhanced.present()) return r.reply.enhanced.text();
  const unsigned of_code = r.reply.code / 100;
  if (of_code == 2 || of_code == 4 || of_code == 5) return fmt::format("{}.0.0", of_code);
  switch (r.action) {
    case Action::kFailed: return "5.0.0";
    case Action::kDelayed: return "4.0.0";
    default: return "2.0.0";
  }
}

/// Action and status must not contradict each other: what is delayed has a 4yz, what was delivered
/// a 2yz. What failed may have a 4yz: its time was up.
std::string fitting_status(const Recipient& r) {
  const std::string text = status(r);
  const bool delayed = r.action == Action::kDelayed;
  const bool failed = r.action == Action::kFailed;
  if (delayed && text.front() != '4') return "4.0.0";
  if (failed && text.front() == '2') return "5.0.0";
  if (!delayed && !failed && text.front() != '2') return "2.0.0";
  return text;
}

void add_recipient(const Recipient& r, Form form, std::string& out) {
  const auto add_field = [&](std::string_view name, std::string_view value) {
    out += mime::fold_field(name, clean(value, form));
  };
  out += "\r\n";
  if (const auto type = r.original.find(';'); type != std::string::npos) {
    const std::string_view all = r.original;
    add_field("Original-Recipient", typed(all.substr(0, type + 1), all.substr(type + 1), form));
  }
  add_field("Final-Recipient", typed("rfc822;", r.address.text(), form));
  add_field("Action", name(r.action));
  add_field("Status", fitting_status(r));
  if (!r.remote_host.empty()) add_field("Remote-MTA", "dns;" + r.remote_host);
  if (r.reply.code != 0) {
    add_field("Diagnostic-Code", "smtp;" + r.reply.one_line());
  } else if (!r.reply.text.empty()) {
    add_field("Diagnostic-Code", "x-hikyaku;" + r.reply.text);
  }
  add_field("Last-Attempt-Date", mime::print_date(r.last_attempt));
  if (r.action == Action::kDelayed && r.retry_until) {
    add_field("Will-Retry-Until", mime::print_date(*r.retry_until));
  }
}

/// message/delivery-status, RFC 3464 §2.
std::string delivery_status(const Request& request) {
  std::string out;
  const auto add_field = [&](std::string_view name, std::string_view value) {
    out += mime::fold_field(name, clean(value, form(request)));
  };
  if (!request.envelope_id.empty()) {
    add_field("Original-Envelope-Id", request.envelope_id);
  }
  add_field("Reporting-MTA", "dns;" + request.reporting_host);
  add_field("Arrival-Date", mime::print_date(request.arrival));
  if (!request.tracking.empty()) add_field("X-Tracking-Number", request.tracking);
  for (const Recipient& r : request.recipients) add_recipient(r, form(request), out);
  return out;
}

/// The headers up to the limit, whole lines.
std::string_view bounded_headers(std::string_view headers) {
  if (headers.size() <= kHeaderOctetsMax) return headers;
  const std::size_t end = headers.rfind("\r\n", kHeaderOctetsMax);
  return headers.substr(0, end == std::string_view::npos ? 0 : end + 2);
}

void begin(const Request& request, bool eight_bit, mime::MessageWriter& writer) {
  writer.field("Date", mime::print_date(request.now))
      .field("From", fmt::format("\"Mail delivery\" <mailer-daemon@{}>", request.reporting_host))
      .field("To", fmt::format("<{}>", request.sender.text()))
      .text_field("Subject", subject(request))
      .field("Message-ID", fmt::format("<{}@{}>", request.id, request.reporting_host))
      .field("Auto-Submitted", "auto-replied");  // RFC 3834 §5
  const std::string id = original_field(request, "Message-ID");
  if (!id.empty() && is_ascii(id) && id.size() < 900) {
    writer.field("In-Reply-To", id).field("References", id);
  }
  if (eight_bit) writer.field("Content-Transfer-Encoding", "8bit");  // RFC 2045 §6.4
}

}  // namespace

std::string_view name(Action action) {
  switch (action) {
    case Action::kFailed: return "failed";
    case Action::kDelayed: return "delayed";
    case Action::kDelivered: return "delivered";
    case Action::kRelayed: return "relayed";
    case Action::kExpanded: return "expanded";
  }
  return "";
}

namespace {

/// The headers of the message, as the last part.
void add_headers(const Request& request, mime::MessageWriter& writer) {
  const std::string_view headers = bounded_headers(request.original_headers);
  if (is_ascii(headers)) {
    writer.raw_part("text/rfc822-headers", mime::TransferEncoding::k7Bit, headers);
  } else if (request.smtputf8 && is_utf8(headers)) {
    writer.raw_part("message/global-headers", mime::TransferEncoding::k8Bit, headers);
  } else {  // RFC 6522 §4
    constexpr auto kEncoding = mime::TransferEncoding::kQuotedPrintable;
    writer.raw_part("text/rfc822-headers; charset=utf-8", kEncoding,
                    mime::encode_transfer(kEncoding, headers));
  }
}

}  // namespace

Report build(const Request& request, const Explain& explain) {
  HK_ASSERT(!request.sender.local.empty() && !request.recipients.empty());
  const bool full = request.what == Return::kFull;
  const bool eight_bit = request.smtputf8 || (full && request.original_eight_bit);
  const auto encoding = eight_bit ? mime::TransferEncoding::k8Bit : mime::TransferEncoding::k7Bit;
  mime::MessageWriter writer;
  begin(request, eight_bit, writer);
  writer.begin_multipart("report", request.boundary, "; report-type=delivery-status")
      .text_part("text/plain", words(request, explain));
  if (request.smtputf8)
    writer.raw_part("message/global-delivery-status", encoding, delivery_status(request));
  else
    writer.raw_part("message/delivery-status", mime::TransferEncoding::k7Bit,
                    delivery_status(request));
  if (!full) {
    add_headers(request, writer);
    return {std::move(writer).finish(), false, ""};
  }
  // The message itself is put in by the caller, where this mark stands.
  const std::string mark = "=_original_" + request.boundary;
  writer.raw_part(request.smtputf8 ? "message/global" : "message/rfc822", encoding, mark);
  std::string all = std::move(writer).finish();
  const std::size_t at = all.rfind(mark);
  HK_ASSERT(at != std::string::npos);
  std::string tail = all.substr(at + mark.size());
  all.resize(at);
  return {std::move(all), true, std::move(tail)};
}

}  // namespace hikyaku::dsn
