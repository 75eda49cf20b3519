// SPDX-License-Identifier: Apache-2.0
#include "server/imap/fetcher.h"

#include <utility>

#include "base/event.h"
#include "base/event_keys.h"
#include "base/yield.h"
#include "protocol/imap/response/body_structure.h"
#include "protocol/imap/response/envelope.h"

namespace hikyaku::imap_server {
namespace {

using imap::FetchAttribute;
namespace key = event::key;

constexpr std::size_t kBatchMessages = 256;
constexpr std::uint64_t kPieceOctets = 256 * 1024;

imap::DateTime date_time(UnixTime time) {
  return {std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count(), 0};
}

}  // namespace

bool Fetcher::needs_record() const {
  const auto& items = command_.items;
  return !items.sections.empty() || items.has(FetchAttribute::kInternalDate) ||
         items.has(FetchAttribute::kEnvelope) || items.has(FetchAttribute::kBody) ||
         items.has(FetchAttribute::kBodyStructure);
}

Task<Status> Fetcher::mark_seen(const Positions* positions) {
  std::vector<Uid> unseen;
  for (const auto& stretch : positions->stretches)
    session_.selected_->index().for_each(stretch.begin, stretch.end,
                                         [&](std::size_t, const mailbox::Entry& entry) {
                                           if ((entry.flags & mailbox::kSeen) == 0)
                                             unseen.push_back(entry.uid);
                                         });
  if (unseen.empty()) co_return Status{};
  const auto changed = co_await session_.account_->change_flags(
      session_.selected_->id(), std::move(unseen), mailbox::FlagChange::kAdd, mailbox::kSeen, {},
      std::nullopt);
  if (!changed) co_return std::unexpected(changed.error());
  auto view = co_await session_.account_->view(session_.selected_->id());
  if (!view) co_return Status{};
  const auto difference = session_.advance_but_gone(*std::move(view));
  // The FETCH responses that follow show the new flags, whoever set them; what else others have
  // changed meanwhile is told now.
  for (const auto position : difference.changed) {
    if (positions->contains(position) && is_wanted(position))
      flags_too_ = true;
    else
      session_.tell_flags(position);
  }
  session_.tell_held_back(difference);
  co_return Status{};
}

/// RFC 7162 §3.1.4.1: CHANGEDSINCE leaves out what did not change.
bool Fetcher::is_wanted(std::size_t position) const {
  return !command_.changed_since ||
         session_.selected_->index().at(position).modseq.value > *command_.changed_since;
}

Task<bool> Fetcher::run(Positions positions) {
  const auto& selected = *session_.selected_;
  if (command_.items.sets_seen() && !selected.read_only()) {
    const auto marked = co_await mark_seen(&positions);
    // A full disk must not keep people from reading their mail.
    ignore(marked, "the flag is set at the next reading");
  }
  std::vector<std::size_t> batch;
  batch.reserve(kBatchMessages);
  for (const auto& stretch : positions.stretches) {
    for (auto position = stretch.begin; position < stretch.end; ++position) {
      if (!is_wanted(position)) continue;
      batch.push_back(position);
      if (batch.size() < kBatchMessages) continue;
      if (!co_await run_batch(std::exchange(batch, {}))) co_return false;
      if (error_) co_return true;
      co_await Yield();
    }
  }
  co_return co_await run_batch(std::move(batch));
}

Task<bool> Fetcher::run_batch(std::vector<std::size_t> positions) {
  const auto index = session_.selected_->shown.index;
  std::vector<Found> records;
  if (needs_record() && !positions.empty()) {
    std::vector<MessageId> ids;
    ids.reserve(positions.size());
    for (const auto position : positions) ids.push_back(index->at(position).message);
    auto read = co_await session_.account_->messages(std::move(ids));
    if (!read) {
      error_ = std::move(read).error();
      co_return true;
    }
    records = *std::move(read);
  }
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (!records.empty() && !records[i]) {
      some_gone_ = true;
      continue;
    }
    part_sent_ = false;
    const auto begun = session_.out_.size();
    imap::FetchWriter writer(session_.out_, static_cast<std::uint32_t>(positions[i] + 1));
    write_index_items(writer, index->at(positions[i]));
    if (!records.empty()) {
      const auto written = co_await write_record_items(&writer, &*records[i]);
      if (!written && !take_back(begun, index->at(positions[i]).uid, written.error()))
        co_return false;
      if (!written) {
        if (flags_too_) session_.tell_flags(positions[i]);
        continue;
      }
    }
    writer.finish();
    if (!co_await session_.flush_some()) co_return false;
  }
  co_return true;
}

bool Fetcher::take_back(std::size_t begun, Uid uid, const Error& error) {
  if (error.remedy == Remedy::kClosePeer) return false;
  event::error("imap.read", {{key::kClient, session_.client_},
                             {key::kMailbox, session_.selected_->shown.info->name},
                             {key::kUid, std::to_string(uid.value)},
                             {key::kError, error.text}});
  // In the middle of a literal nothing but the end of the connection can be understood.
  if (part_sent_) return false;
  session_.out_.resize(begun);
  some_unreadable_ = true;
  return true;
}

void Fetcher::write_index_items(imap::FetchWriter& writer, const mailbox::Entry& entry) const {
  const auto& items = command_.items;
  const bool mod_seq = items.has(FetchAttribute::kModSeq) || command_.changed_since.has_value() ||
                       (flags_too_ && session_.state_.has(imap::Feature::kCondStore));
  // RFC 7162 §3.2.4: with what was not asked for comes the UID.
  if (items.has(FetchAttribute::kUid) || command_.addressing == imap::Addressing::kUid ||
      (flags_too_ && session_.state_.has(imap::Feature::kCondStore)))
    writer.uid(entry.uid);
  if (items.has(FetchAttribute::kFlags) || flags_too_)
    writer.flags(imap::SystemFlags(static_cast<std::uint8_t>(entry.flags)),
                 session_.keyword_names(entry.keywords));
  if (items.has(FetchAttribute::kSize)) writer.size(entry.size);
  if (mod_seq) writer.mod_seq(entry.modseq);
  if (items.has(FetchAttribute::kEmailId))
    writer.email_id("M" + std::to_string(entry.message.value));
  if (items.has(FetchAttribute::kThreadId)) writer.thread_id({});
}

Task<Status> Fetcher::summarize(mailbox::Message* message) {
  mime::Summarizer summarizer;
  for (std::uint64_t offset = 0; offset < message->size;) {
    HK_CO_ASSIGN(const auto piece,
                 co_await session_.ports_.store.read_body(message->body, offset, kPieceOctets));
    if (piece.empty()) break;
    summarizer.push(piece);
    offset += piece.size();
    co_await Yield();
  }
  auto summary = summarizer.finish();
  imap::append_envelope(message->envelope, summary.envelope);
  structure_ = std::move(summary.structure);
  co_return Status{};
}

Task<Status> Fetcher::load_structure(const mailbox::Message* message) {
  if (structure_) co_return Status{};
  auto decoded = mime::decode_structure(message->structure);
  if (!decoded) co_return std::unexpected(std::move(decoded).error().in("structure of a message"));
  structure_ = *std::move(decoded);
  co_return Status{};
}

Task<Status> Fetcher::write_record_items(imap::FetchWriter* writer, mailbox::Message* message) {
  const auto& items = command_.items;
  structure_.reset();
  if (message->structure.empty()) HK_CO_TRY(co_await summarize(message));
  if (items.has(FetchAttribute::kInternalDate))
    writer->internal_date(date_time(message->internal_date));
  if (items.has(FetchAttribute::kEnvelope)) writer->envelope(message->envelope);
  if (items.has(FetchAttribute::kBody) || items.has(FetchAttribute::kBodyStructure)) {
    HK_CO_TRY(co_await load_structure(message));
    std::string text;
    if (items.has(FetchAttribute::kBody)) {
      imap::append_body(text, *structure_, imap::BodyForm::kBody);
      writer->body(text);
    }
    if (items.has(FetchAttribute::kBodyStructure)) {
      text.clear();
      imap::append_body(text, *structure_, imap::BodyForm::kBodyStructure);
      writer->body_structure(text);
    }
  }
  for (const auto& section : items.sections)
    HK_CO_TRY(co_await write_section(writer, message, &section));
  co_return Status{};
}

}  // namespace hikyaku::imap_server
