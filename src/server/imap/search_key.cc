// SPDX-License-Identifier: Apache-2.0
// Whether a message fits a search key (RFC 9051 §6.4.4), as far as it is known yet.
#include <algorithm>

#include "protocol/mime/date.h"
#include "protocol/mime/encoded_word.h"
#include "protocol/mime/header.h"
#include "protocol/mime/text.h"
#include "server/imap/searcher.h"

namespace hikyaku::imap_server {
namespace {

std::int32_t day_of(UnixTime time) {
  return static_cast<std::int32_t>(
      std::chrono::floor<std::chrono::days>(time).time_since_epoch().count());
}

std::string_view field_name(imap::SearchField field) {
  switch (field) {
    case imap::SearchField::kBcc: return "bcc";
    case imap::SearchField::kCc: return "cc";
    case imap::SearchField::kFrom: return "from";
    case imap::SearchField::kSubject: return "subject";
    case imap::SearchField::kTo: return "to";
    default: return {};
  }
}

bool field_contains(std::string_view header, std::string_view name,
                    const mime::TextNeedle& needle) {
  mime::HeaderReader reader(header);
  while (const auto field = reader.next()) {
    if (!mime::same_name(field->name, name)) continue;
    if (needle.empty() || needle.is_in(mime::decode_words(mime::unfold(field->value)))) return true;
  }
  return false;
}

}  // namespace

const std::string* Searcher::header_with(std::string_view field, const Candidate& c) {
  if (c.header != nullptr) return c.header;
  const bool kept = c.record != nullptr && c.record->search_header && mime::is_search_field(field);
  return kept ? &*c.record->search_header : nullptr;
}

Searcher::Verdict Searcher::evaluate(const imap::SearchKey& key, const Candidate& candidate) const {
  return std::visit([&](const auto& what) { return match(what, candidate); }, key.what);
}

Searcher::Verdict Searcher::match(const imap::SearchAll& /*key*/, const Candidate& /*c*/) const {
  return true;
}

Searcher::Verdict Searcher::match(const imap::SearchFlag& key, const Candidate& c) const {
  // \Recent is on no message here.
  return ((c.entry->flags & static_cast<std::uint32_t>(key.flag)) != 0) == key.set;
}

Searcher::Verdict Searcher::match(const imap::SearchKeyword& key, const Candidate& c) const {
  const auto& table = session_.selected_->shown.info->keywords;
  for (std::size_t i = 0; i < table.size(); ++i)
    if (imap::same_keyword(table[i], key.keyword))
      return ((c.entry->keywords >> i & 1) != 0) == key.set;
  return !key.set;
}

Searcher::Verdict Searcher::match(const imap::SearchText& key, const Candidate& c) const {
  if (const auto needle = needles_.find(&key); needle != needles_.end()) {
    if (c.text == nullptr) return std::nullopt;
    const bool body = key.field == imap::SearchField::kBody;
    return (*c.text)[needle->second + (body ? 0 : body_needles_.size())];
  }
  const auto name = field_name(key.field);
  const auto* header = header_with(name, c);
  if (header == nullptr) return std::nullopt;
  return field_contains(*header, name, texts_.at(&key));
}

Searcher::Verdict Searcher::match(const imap::SearchHeader& key, const Candidate& c) const {
  const auto* header = header_with(key.name, c);
  if (header == nullptr) return std::nullopt;
  return field_contains(*header, key.name, texts_.at(&key));
}

Searcher::Verdict Searcher::match(const imap::SearchDate& key, const Candidate& c) const {
  if (c.record == nullptr) return std::nullopt;
  auto day = day_of(c.record->internal_date);
  if (key.of == imap::SearchDateOf::kSent) {
    const auto* header = header_with("date", c);
    if (header == nullptr) return std::nullopt;
    // A message without a Date that can be read was sent when it came, as far as anybody knows.
    if (const auto text = mime::field_text(*header, "date"))
      if (const auto date = mime::parse_date(*text))
        day = static_cast<std::int32_t>(date->day_as_written().time_since_epoch().count());
  }
  switch (key.when) {
    case imap::SearchWhen::kBefore: return day < key.date.days;
    case imap::SearchWhen::kOn: return day == key.date.days;
    case imap::SearchWhen::kSince: return day >= key.date.days;
  }
  return false;
}

Searcher::Verdict Searcher::match(const imap::SearchAge& key, const Candidate& c) const {
  if (c.record == nullptr) return std::nullopt;
  const bool younger = c.record->internal_date > now_ - std::chrono::seconds(key.seconds);
  return younger == (key.side == imap::SearchAge::Side::kYounger);
}

Searcher::Verdict Searcher::match(const imap::SearchSize& key, const Candidate& c) const {
  return key.side == imap::SearchSize::Side::kLarger ? c.entry->size > key.octets
                                                     : c.entry->size < key.octets;
}

Searcher::Verdict Searcher::match(const imap::SearchSet& key, const Candidate& c) const {
  return sets_.at(&key).contains(c.position);
}

Searcher::Verdict Searcher::match(const imap::SearchModSeq& key, const Candidate& c) const {
  return c.entry->modseq.value >= key.at_least;
}

Searcher::Verdict Searcher::match(const imap::SearchObject& key, const Candidate& c) const {
  return key.kind == imap::SearchObject::Kind::kEmail &&
         key.id == "M" + std::to_string(c.entry->message.value);
}

Searcher::Verdict Searcher::match(const imap::SearchNot& key, const Candidate& c) const {
  const auto inner = evaluate(key.key.front(), c);
  return inner ? Verdict(!*inner) : inner;
}

Searcher::Verdict Searcher::match(const imap::SearchOr& key, const Candidate& c) const {
  Verdict out = false;
  for (const auto& inner : key.keys) {
    const auto verdict = evaluate(inner, c);
    if (verdict && *verdict) return true;
    if (!verdict) out = std::nullopt;
  }
  return out;
}

Searcher::Verdict Searcher::match(const imap::SearchAnd& key, const Candidate& c) const {
  Verdict out = true;
  for (const auto& inner : key.keys) {
    const auto verdict = evaluate(inner, c);
    if (verdict && !*verdict) return false;
    if (!verdict) out = std::nullopt;
  }
  return out;
}

}  // namespace hikyaku::imap_server
