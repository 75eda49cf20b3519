// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/report.h"

#include <algorithm>
#include <random>

#include "protocol/mime/header.h"
#include "protocol/smtp/notify.h"
#include "protocol/smtp/xtext.h"
#include "record/trail/tracking.h"

namespace hikyaku::delivery {
namespace {

constexpr std::uint64_t kHeaderOctetsMax = 64 * 1024;
constexpr std::uint64_t kPieceOctets = 128 * 1024;
/// A report returns the whole message up to this size only (RFC 3461 §4.3 lets us say less).
constexpr std::uint64_t kReturnedOctetsMax = 1 << 20;

/// Not a secret: it only must not stand in the message by chance.
std::string random_boundary() {
  std::random_device random;
  std::string out = "report-";
  for (int i = 0; i < 24; ++i) out.push_back("0123456789abcdefghijklmnopqrstuv"[random() % 32]);
  return out;
}

Task<Result<std::string>> read_header(const Ports* ports, const queue::Item* item) {
  HK_CO_ASSIGN(auto text, co_await ports->store.read_body(item->body, item->skip_octets,
                                                          std::min(kHeaderOctetsMax, item->size)));
  text.resize(mime::header_octets(text));
  co_return text;
}

}  // namespace

Task<Result<std::string>> send_report(const Options* options, const Ports* ports, queue::Item item,
                                      std::vector<dsn::Recipient> recipients) {
  if (item.sender.empty() || recipients.empty()) co_return std::string();
  const auto sender = smtp::parse_address(item.sender, smtp::Utf8::kAllow);
  if (!sender) co_return std::string();
  HK_CO_ASSIGN(auto to, co_await ports->intake.resolve(*sender));
  if (!to) co_return std::string();

  // RFC 3461 §4.3: only of what failed.
  const bool failed = std::ranges::any_of(
      recipients, [](const auto& one) { return one.action == dsn::Action::kFailed; });
  const bool full = failed && item.ret == static_cast<std::uint8_t>(smtp::Ret::kFull) &&
                    item.size <= kReturnedOctetsMax;

  intake::Envelope envelope;
  envelope.recipients.push_back(*std::move(to));
  envelope.smtputf8 = item.smtputf8;  // RFC 6533 §4
  envelope.eight_bit = item.smtputf8 || (full && item.eight_bit);
  auto incoming = ports->intake.begin(intake::Origin{}, std::move(envelope));
  auto tracking = trail::to_text(incoming.tracking());

  dsn::Request request;
  request.sender = *sender;
  request.reporting_host = options->host;
  request.id = tracking;
  request.boundary = random_boundary();
  request.envelope_id = smtp::xtext_decode(item.envelope_id).value_or("");
  request.tracking = trail::to_text(item.tracking);
  request.arrival = item.created;
  request.now = ports->clock.now();
  request.what = full ? dsn::Return::kFull : dsn::Return::kHeaders;
  request.smtputf8 = item.smtputf8;
  request.recipients = std::move(recipients);
  request.original_eight_bit = item.eight_bit;
  HK_CO_ASSIGN(request.original_headers, co_await read_header(ports, &item));
  const auto report = dsn::build(request, ports->explain);

  HK_CO_TRY(co_await ports->intake.append(&incoming, report.head));
  if (report.original_between) {
    for (std::uint64_t offset = 0; offset < item.size;) {
      HK_CO_ASSIGN(const auto piece,
                   co_await ports->store.read_body(item.body, item.skip_octets + offset,
                                                   std::min(kPieceOctets, item.size - offset)));
      if (piece.empty()) break;
      offset += piece.size();
      HK_CO_TRY(co_await ports->intake.append(&incoming, piece));
    }
  }
  HK_CO_TRY(co_await ports->intake.append(&incoming, report.tail));
  const auto done = co_await ports->intake.commit(std::move(incoming));
  if (!done) co_return std::unexpected(done.error());
  co_return tracking;
}

}  // namespace hikyaku::delivery
