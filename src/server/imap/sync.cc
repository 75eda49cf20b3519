// SPDX-License-Identifier: Apache-2.0
// What the client is told without asking: new and expunged messages, changed flags.
#include <utility>

#include "protocol/imap/response/fetch.h"
#include "protocol/imap/response/mailbox.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {

std::vector<std::string_view> Session::keyword_names(std::uint64_t mask) const {
  std::vector<std::string_view> out;
  const auto& table = selected_->shown.info->keywords;
  for (std::size_t i = 0; i < table.size(); ++i)
    if ((mask >> i & 1) != 0) out.emplace_back(table[i]);
  return out;
}

void Session::tell_keywords() {
  const auto& table = selected_->shown.info->keywords;
  const std::vector<std::string_view> names(table.begin(), table.end());
  imap::append_flags(out_, names);
  if (selected_->read_only()) {
    // RFC 9051 §6.3.3: without it a client takes all flags to be settable for good.
    imap::append_permanent_flags(out_, {}, {}, imap::NewKeywords::kRefused);
  } else {
    imap::append_permanent_flags(out_, imap::kSettableFlags, names,
                                 table.size() < mailbox::kKeywordsMax
                                     ? imap::NewKeywords::kAllowed
                                     : imap::NewKeywords::kRefused);
  }
  selected_->keywords_told = table.size();
}

void Session::tell_flags(std::size_t position) {
  const auto& entry = selected_->index().at(position);
  imap::FetchWriter writer(out_, static_cast<std::uint32_t>(position + 1));
  writer.uid(entry.uid);
  writer.flags(imap::SystemFlags(static_cast<std::uint8_t>(entry.flags)),
               keyword_names(entry.keywords));
  if (state_.has(imap::Feature::kCondStore)) writer.mod_seq(entry.modseq);
  writer.finish();
}

void Session::show(mailbox::View view) {
  const auto before = std::exchange(selected_->shown, std::move(view));
  if (before.index == selected_->shown.index) return;
  const auto difference = mailbox::difference(*before.index, selected_->index());
  if (selected_->shown.info->keywords.size() > selected_->keywords_told) tell_keywords();
  if (!difference.gone.empty() && state_.has(imap::Feature::kQResync)) {
    imap::NumberSet uids;
    for (const auto position : difference.gone) uids.add(before.index->at(position).uid.value);
    imap::append_vanished(out_, imap::VanishedKind::kNow, uids);
  } else {
    // From the end, so that a number is still right when it is told.
    for (auto it = difference.gone.rbegin(); it != difference.gone.rend(); ++it)
      imap::append_expunge(out_, static_cast<std::uint32_t>(*it + 1));
  }
  if (difference.added != 0)
    imap::append_exists(out_, static_cast<std::uint32_t>(selected_->index().size()));
  for (const auto position : difference.changed) tell_flags(position);
}

mailbox::Difference Session::advance_but_gone(mailbox::View view) {
  const auto before = selected_->shown;
  auto out = mailbox::difference(*before.index, *view.index);
  if (!out.gone.empty()) {
    if (out.changed.empty() && out.added == 0) return out;  // nothing that could be shown now
    auto gone = std::move(out.gone);
    view.index = std::make_shared<const mailbox::Index>(
        mailbox::with_gone(*view.index, *before.index, gone));
    // RFC 7162 §3.2: what the client may count on ends below what it was not told.
    auto info = *view.info;
    info.highest_modseq = before.info->highest_modseq;
    view.info = std::make_shared<const mailbox::Info>(std::move(info));
    out = mailbox::difference(*before.index, *view.index);
    out.gone = std::move(gone);
  }
  selected_->shown = std::move(view);
  if (selected_->shown.info->keywords.size() > selected_->keywords_told) tell_keywords();
  if (out.added != 0)
    imap::append_exists(out_, static_cast<std::uint32_t>(selected_->index().size()));
  return out;
}

// RFC 7162 §3.2: the mod-sequences just told are above those of messages whose end is not told yet;
// without this the client would never ask for them after a lost connection.
void Session::tell_held_back(const mailbox::Difference& difference) {
  if (!difference.gone.empty() && state_.has(imap::Feature::kCondStore))
    tell_highest_mod_seq("what is expunged is told later");
}

Task<void> Session::sync(imap::ExpungeRule rule) {
  if (!selected_ || selected_->gone) co_return;
  auto view = co_await account_->view(selected_->id());
  if (!view) {
    if (view.error().remedy == Remedy::kRetryLater) co_return;
    // The mailbox was deleted by another session: it is shown as empty from here on.
    if (rule == imap::ExpungeRule::kMustWait) co_return;
    auto empty = selected_->shown;
    empty.index = std::make_shared<const mailbox::Index>();
    show(std::move(empty));
    selected_->gone = true;
    co_return;
  }
  if (view->index == selected_->shown.index) {
    selected_->shown.info = view->info;
    co_return;
  }
  if (rule == imap::ExpungeRule::kMaySend) {
    show(*std::move(view));
    co_return;
  }
  // RFC 9051 §7.5.1: message numbers must not move now; all else is told.
  const auto difference = advance_but_gone(*std::move(view));
  if (difference.changed.empty() && difference.added == 0) co_return;
  for (const auto position : difference.changed) tell_flags(position);
  tell_held_back(difference);
}

std::optional<Positions> Session::resolve(const imap::SequenceSet& set,
                                          imap::Addressing addressing) const {
  const auto& index = selected_->index();
  Positions out;
  const bool saved = set.kind == imap::SequenceSet::Kind::kSavedResult;
  if (saved || addressing == imap::Addressing::kUid) {
    const auto largest = index.empty() ? 0 : index.at(index.size() - 1).uid.value;
    const auto uids = saved ? saved_ : set.resolve(largest);
    for (const auto& range : uids.ranges()) {
      const auto end =
          range.last == UINT32_MAX ? index.size() : index.lower_bound(Uid(range.last + 1));
      out.add(index.lower_bound(Uid(range.first)), end);
    }
    return out;
  }
  const auto numbers = set.resolve(static_cast<std::uint32_t>(index.size()));
  for (const auto& range : numbers.ranges()) {
    if (range.last > index.size()) return std::nullopt;
    out.add(range.first - 1, range.last);
  }
  return out;
}

std::vector<Uid> Session::uids_at(const Positions& positions) const {
  std::vector<Uid> out;
  out.reserve(positions.count());
  for (const auto& stretch : positions.stretches)
    selected_->index().for_each(
        stretch.begin, stretch.end,
        [&](std::size_t, const mailbox::Entry& entry) { out.push_back(entry.uid); });
  return out;
}

}  // namespace hikyaku::imap_server
