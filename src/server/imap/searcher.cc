// SPDX-License-Identifier: Apache-2.0
#include "server/imap/searcher.h"

#include <algorithm>

#include "base/yield.h"
#include "protocol/mime/charset.h"
#include "protocol/mime/text.h"

namespace hikyaku::imap_server {
namespace {

constexpr std::size_t kBatchMessages = 256;
constexpr std::uint64_t kPieceOctets = 256 * 1024;
constexpr std::uint64_t kHeaderOctetsMax = 1 << 20;
constexpr std::size_t kMessagesPerTurn = 4096;

}  // namespace

Searcher::Searcher(Session& session, const imap::Search& command)
    : session_(session),
      command_(command),
      root_{command.keys},
      index_(session.selected_->shown.index),
      now_(session.ports_.clock.now()) {
  prepare(root_);
}

std::string Searcher::to_utf8(std::string_view text) const {
  return mime::to_utf8(command_.charset.empty() ? "utf-8" : command_.charset, text);
}

void Searcher::prepare(const imap::SearchKey& key) {
  if (const auto* text = std::get_if<imap::SearchText>(&key.what)) {
    const bool body = text->field == imap::SearchField::kBody;
    auto needle = to_utf8(text->text);
    if (body || text->field == imap::SearchField::kText) {
      auto& needles = body ? body_needles_ : text_needles_;
      needles_[text] = needles.size();
      needles.push_back(needle);
    }
    texts_.emplace(text, mime::TextNeedle(needle));
  } else if (const auto* header = std::get_if<imap::SearchHeader>(&key.what)) {
    texts_.emplace(header, mime::TextNeedle(to_utf8(header->text)));
  } else if (const auto* set = std::get_if<imap::SearchSet>(&key.what)) {
    uses_numbers_ |= set->addressing == imap::Addressing::kNumber;
    // Numbers that no message has find nothing.
    if (auto positions = session_.resolve(set->set, set->addressing)) {
      sets_[set] = *std::move(positions);
    } else {
      Positions inside;
      for (const auto& range :
           set->set.resolve(static_cast<std::uint32_t>(index_->size())).ranges())
        inside.add(range.first - 1, std::min<std::size_t>(range.last, index_->size()));
      sets_[set] = std::move(inside);
    }
  } else if (std::holds_alternative<imap::SearchModSeq>(key.what)) {
    uses_mod_seq_ = true;
  } else if (const auto* inner = std::get_if<imap::SearchNot>(&key.what)) {
    for (const auto& k : inner->key) prepare(k);
  } else if (const auto* either = std::get_if<imap::SearchOr>(&key.what)) {
    for (const auto& k : either->keys) prepare(k);
  } else if (const auto* all = std::get_if<imap::SearchAnd>(&key.what)) {
    for (const auto& k : all->keys) prepare(k);
  }
}

Task<Result<std::vector<std::size_t>>> Searcher::run() {
  std::vector<std::size_t> found;
  std::vector<std::size_t> open;
  for (std::size_t begin = 0; begin < index_->size(); begin += kMessagesPerTurn) {
    index_->for_each(begin, std::min(begin + kMessagesPerTurn, index_->size()),
                     [&](std::size_t position, const mailbox::Entry& entry) {
                       const auto verdict =
                           evaluate(root_, {position, &entry, nullptr, nullptr, nullptr});
                       if (!verdict) open.push_back(position);
                       if (verdict && *verdict) found.push_back(position);
                     });
    if (begin + kMessagesPerTurn < index_->size()) co_await Yield();
  }
  for (std::size_t begin = 0; begin < open.size(); begin += kBatchMessages) {
    const auto end = std::min(begin + kBatchMessages, open.size());
    std::vector<MessageId> ids;
    for (auto i = begin; i < end; ++i) ids.push_back(index_->at(open[i]).message);
    HK_CO_ASSIGN(const auto records, co_await session_.account_->messages(std::move(ids)));
    for (auto i = begin; i < end; ++i) {
      const auto& record = records[i - begin];
      if (!record) continue;  // expunged meanwhile
      const Candidate candidate{open[i], &index_->at(open[i]), &*record, nullptr, nullptr};
      auto verdict = evaluate(root_, candidate);
      if (!verdict) {
        HK_CO_ASSIGN(verdict, co_await look_inside(candidate));
      }
      if (*verdict) found.push_back(open[i]);
    }
    co_await Yield();
  }
  std::ranges::sort(found);
  co_return found;
}

Task<Result<bool>> Searcher::look_inside(Candidate candidate) {
  mime::Structure structure;
  HK_CO_ASSIGN(const auto header, co_await read_header(candidate.record, &structure));
  candidate.header = &header;
  if (const auto verdict = evaluate(root_, candidate)) co_return *verdict;
  std::vector<bool> text;
  HK_CO_TRY(co_await read_text(candidate.record, &structure, &text));
  candidate.text = &text;
  co_await Yield();  // decoding and folding a message is the expensive part
  co_return evaluate(root_, candidate).value_or(false);
}

Task<Result<std::string>> Searcher::read_header(const mailbox::Message* record,
                                                mime::Structure* structure) {
  auto& store = session_.ports_.store;
  if (auto decoded = mime::decode_structure(record->structure);
      decoded && !record->structure.empty()) {
    *structure = *std::move(decoded);
  } else {
    mime::Summarizer summarizer;
    for (std::uint64_t offset = 0; offset < record->size;) {
      HK_CO_ASSIGN(const auto piece, co_await store.read_body(record->body, offset, kPieceOctets));
      if (piece.empty()) break;
      summarizer.push(piece);
      offset += piece.size();
    }
    *structure = summarizer.finish().structure;
  }
  const auto octets = std::min(structure->root.body_begin, kHeaderOctetsMax);
  std::string header;
  while (header.size() < octets) {
    HK_CO_ASSIGN(const auto piece,
                 co_await store.read_body(record->body, header.size(), octets - header.size()));
    if (piece.empty()) break;
    header.append(piece);
  }
  co_return header;
}

Task<Status> Searcher::read_text(const mailbox::Message* record, const mime::Structure* structure,
                                 std::vector<bool>* found) {
  mime::TextMatcher in_body(body_needles_);
  mime::TextMatcher in_text(text_needles_);
  mime::TextExtractor body(*structure, mime::TextScope::kBody);
  mime::TextExtractor text(*structure, mime::TextScope::kText);
  const auto sink_into = [](mime::TextMatcher& matcher) {
    return [&matcher](std::string_view piece, mime::TextExtractor::Piece kind) {
      matcher.push(piece);
      if (kind == mime::TextExtractor::Piece::kEnd) matcher.end_of_text();
    };
  };
  const mime::TextExtractor::Sink body_sink = sink_into(in_body);
  const mime::TextExtractor::Sink text_sink = sink_into(in_text);
  for (std::uint64_t offset = 0;
       offset < record->size && !(in_body.all_matched() && in_text.all_matched());) {
    HK_CO_ASSIGN(const auto piece,
                 co_await session_.ports_.store.read_body(record->body, offset, kPieceOctets));
    if (piece.empty()) break;
    if (!body_needles_.empty()) body.push(piece, body_sink);
    if (!text_needles_.empty()) text.push(piece, text_sink);
    offset += piece.size();
    if (offset < record->size) co_await Yield();
  }
  if (!body_needles_.empty()) body.finish(body_sink);
  if (!text_needles_.empty()) text.finish(text_sink);
  for (std::size_t i = 0; i < body_needles_.size(); ++i) found->push_back(in_body.matched(i));
  for (std::size_t i = 0; i < text_needles_.size(); ++i) found->push_back(in_text.matched(i));
  co_return Status{};
}

}  // namespace hikyaku::imap_server
