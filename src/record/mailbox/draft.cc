// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/draft.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "record/mailbox/chunk_codec.h"
#include "record/mailbox/keys.h"
#include "record/mailbox/name.h"

namespace hikyaku::mailbox {
namespace {

/// The change log holds this many commits; a client that was away for longer reads everything anew.
constexpr std::uint64_t kLogCommits = 50'000;
constexpr std::uint64_t kLogTrimStep = 1'000;
/// How long the tail may get while nobody has the index in memory.
constexpr std::uint32_t kUnloadedTailEntries = 2 * kTailEntries;

/// RFC 9051 §2.3.2: flags are compared without regard to case.
bool same_keyword(std::string_view a, std::string_view b) {
  const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return fold(x) == fold(y); });
}

/// Its place in the table; the table's size when it is not there.
std::size_t find_keyword(const std::vector<std::string>& table, std::string_view name) {
  const auto found = std::ranges::find_if(
      table, [&](const std::string& known) { return same_keyword(known, name); });
  return static_cast<std::size_t>(found - table.begin());
}

}  // namespace

Draft::Draft(AccountId account, const State& state, const References& references,
             std::uint64_t stamp, std::uint32_t now_s)
    : account_(account),
      state_(state),
      references_(references),
      now_s_(now_s),
      record_(state.account) {
  record_.stamp = stamp;
  record_.modseq = ModSeq(record_.modseq.value + 1);
}

const Box* Draft::box(MailboxId id) const {
  const Box* found = nullptr;
  if (const auto changed = changed_.find(id); changed != changed_.end())
    found = &changed->second;
  else if (const auto old = state_.boxes.find(id); old != state_.boxes.end())
    found = &old->second;
  if (found == nullptr || found->dying || std::ranges::find(erased_, id) != erased_.end())
    return nullptr;
  return found;
}

const Box* Draft::box(std::string_view name) const {
  if (const auto changed = names_.find(name); changed != names_.end())
    return changed->second ? box(changed->second) : nullptr;
  const auto old = state_.names.find(name);
  return old == state_.names.end() ? nullptr : box(old->second);
}

std::vector<MailboxId> Draft::children(MailboxId id) const {
  std::vector<MailboxId> out;
  for (const auto& [other, old] : state_.boxes)
    if (const Box* now = box(other); now != nullptr && now->parent == id) out.push_back(other);
  for (const auto& [other, now] : changed_)
    if (!state_.boxes.contains(other) && now.parent == id && !now.dying) out.push_back(other);
  return out;
}

bool Draft::is_dying(MailboxId id) const {
  const auto old = state_.boxes.find(id);
  return old != state_.boxes.end() && old->second.dying;
}

bool Draft::has_use(SpecialUse use) const {
  const auto has = [use](const auto& place) {
    return place.second.info->special_use == use && !place.second.dying;
  };
  for (const auto& place : state_.boxes)
    if (has(place) && !changed_.contains(place.first)) return true;
  return std::ranges::any_of(changed_, has);
}

bool Draft::has_children(MailboxId id) const { return !children(id).empty(); }

std::vector<MailboxId> Draft::descendants(std::string_view name) const {
  std::vector<MailboxId> out;
  const std::string prefix = std::string(name) + "/";
  for (auto at = state_.names.lower_bound(prefix);
       at != state_.names.end() && at->first.starts_with(prefix); ++at)
    out.push_back(at->second);
  return out;
}

std::size_t Draft::mailboxes() const {
  std::size_t made = 0;
  for (const auto& [id, box] : changed_) made += state_.boxes.contains(id) ? 0 : 1;
  return state_.boxes.size() + made;
}

Box& Draft::edit(MailboxId id) {
  const auto changed = changed_.find(id);
  if (changed != changed_.end()) return changed->second;
  const auto old = state_.boxes.find(id);
  HK_ASSERT(old != state_.boxes.end());
  return changed_.emplace(id, old->second).first->second;
}

Info& Draft::info(MailboxId id) {
  auto& own = infos_[id];
  if (!own) {
    Box& box = edit(id);
    own = std::make_shared<Info>(*box.info);
    box.info = own;
  }
  return *own;
}

void Draft::rename(MailboxId id, std::string name, MailboxId parent) {
  Info& changed = info(id);
  names_[changed.name] = MailboxId{};
  names_[name] = id;
  changed.name = std::move(name);
  edit(id).parent = parent;
  log(Change::Kind::kMailbox, id, {});
}

void Draft::move_path(MailboxId id, std::string name) {
  const auto written = changed_.contains(id);
  Info& changed = info(id);
  names_[changed.name] = MailboxId{};
  names_[name] = id;
  changed.name = std::move(name);
  if (!written) path_only_.push_back(id);
}

std::uint32_t Draft::new_uid_validity() {
  return record_.last_uid_validity = std::max(now_s_, record_.last_uid_validity + 1);
}

MailboxId Draft::make(std::string name, MailboxId parent, SpecialUse use) {
  const MailboxId id = record_.next_mailbox;
  record_.next_mailbox = MailboxId(id.value + 1);
  auto fresh = std::make_shared<Info>();
  fresh->id = id;
  fresh->name = name;
  fresh->special_use = use;
  fresh->uid_validity = new_uid_validity();
  fresh->uid_next = Uid(1);
  fresh->highest_modseq = modseq();
  infos_[id] = fresh;
  changed_.emplace(id, Box{fresh, parent, 0, false, std::make_shared<const Index>()});
  names_[std::move(name)] = id;
  log(Change::Kind::kMailbox, id, {});
  return id;
}

void Draft::make_dying(MailboxId id) {
  Info& gone = info(id);
  const auto name = names_.find(gone.name);
  if (name == names_.end() || name->second == id) names_[gone.name] = MailboxId{};
  gone.name.clear();
  gone.subscribed = false;
  record_.octets -= std::min(record_.octets, gone.octets);
  Box& box = edit(id);
  box.dying = true;
  box.parent = MailboxId{};
  box.index = nullptr;
  log(Change::Kind::kMailbox, id, {});
}

void Draft::erase_box(MailboxId id) {
  changed_.erase(id);
  infos_.erase(id);
  erased_.push_back(id);
  txn_.erase(key::mailbox(account_, id));
}

Draft::Keywords Draft::keywords(MailboxId id, std::span<const std::string> names) {
  Keywords out;
  for (const auto& name : names) {
    const auto& table = box(id)->info->keywords;
    std::size_t bit = find_keyword(table, name);
    if (bit == table.size()) {
      if (bit >= kKeywordsMax || name.empty() || name.size() > kKeywordOctetsMax) {
        out.all_fit = false;
        continue;
      }
      info(id).keywords.push_back(name);
    }
    out.bits |= std::uint64_t{1} << bit;
  }
  return out;
}

Draft::Keywords Draft::known_keywords(MailboxId id, std::span<const std::string> names) const {
  Keywords out;
  const auto& table = box(id)->info->keywords;
  for (const auto& name : names)
    if (const std::size_t bit = find_keyword(table, name); bit < table.size())
      out.bits |= std::uint64_t{1} << bit;
  return out;
}

void Draft::count(Info& info, const Entry& entry, int sign) {
  const auto step = [sign](std::uint32_t& number, bool counts) {
    if (counts) number += static_cast<std::uint32_t>(sign);
  };
  step(info.messages, true);
  step(info.unseen, (entry.flags & kSeen) == 0);
  step(info.deleted, (entry.flags & kDeleted) != 0);
  const std::uint64_t octets = entry.size;
  info.octets = sign > 0 ? info.octets + octets : info.octets - std::min(info.octets, octets);
  record_.octets =
      sign > 0 ? record_.octets + octets : record_.octets - std::min(record_.octets, octets);
}

bool Draft::wants_index(MailboxId id) const {
  const Box* found = box(id);
  return found != nullptr && !found->index && found->tail >= kUnloadedTailEntries;
}

Uid Draft::add(MailboxId id, Entry entry) {
  Box& box = edit(id);
  if (box.index) {
    add_all(id, {&entry, 1});
    return entry.uid;
  }
  Info& changed = info(id);
  entry.uid = changed.uid_next;
  entry.modseq = modseq();
  changed.uid_next = Uid(entry.uid.value + 1);
  changed.highest_modseq = modseq();
  count(changed, entry, 1);
  ++box.tail;
  txn_.put(key::tail(account_, id, entry.uid), encode_tail_entry(entry));
  added_.emplace_back(id, entry);
  log(Change::Kind::kAdded, id, {entry.uid});
  return entry.uid;
}

void Draft::add_all(MailboxId id, std::span<Entry> entries) {
  Info& changed = info(id);
  std::vector<Uid> uids;
  uids.reserve(entries.size());
  for (auto& entry : entries) {
    entry.uid = changed.uid_next;
    entry.modseq = modseq();
    changed.uid_next = Uid(entry.uid.value + 1);
    count(changed, entry, 1);
    uids.push_back(entry.uid);
  }
  changed.highest_modseq = modseq();
  write_index(id, append(*edit(id).index, entries));
  log(Change::Kind::kAdded, id, std::move(uids));
}

void Draft::replace(MailboxId id, std::span<Replacement> replacements) {
  Info& changed = info(id);
  const auto& index = *edit(id).index;
  std::vector<Uid> uids;
  uids.reserve(replacements.size());
  Index::Cursor cursor(index);
  for (auto& replacement : replacements) {
    count(changed, cursor.at(replacement.position), -1);
    replacement.entry.modseq = modseq();
    count(changed, replacement.entry, 1);
    uids.push_back(replacement.entry.uid);
  }
  changed.highest_modseq = modseq();
  write_index(id, mailbox::replace(index, replacements));
  log(Change::Kind::kFlags, id, std::move(uids));
}

void Draft::remove(MailboxId id, std::span<const std::size_t> positions) {
  Info& changed = info(id);
  const auto& index = *edit(id).index;
  std::vector<Uid> uids;
  uids.reserve(positions.size());
  Index::Cursor cursor(index);
  for (const std::size_t position : positions) {
    const Entry& entry = cursor.at(position);
    count(changed, entry, -1);
    uids.push_back(entry.uid);
  }
  changed.highest_modseq = modseq();
  write_index(id, mailbox::remove(index, positions));
  log(Change::Kind::kExpunged, id, std::move(uids));
}

void Draft::write_index(MailboxId id, const IndexEdit& edited) {
  for (const Uid key : edited.chunks_erased) txn_.erase(key::chunk(account_, id, key));
  for (const auto& chunk : edited.chunks_put)
    txn_.put(key::chunk(account_, id, chunk->key), encode_chunk(*chunk));
  for (const Uid uid : edited.tail_erased) txn_.erase(key::tail(account_, id, uid));
  for (const auto& entry : edited.tail_put)
    txn_.put(key::tail(account_, id, entry.uid), encode_tail_entry(entry));
  Box& box = edit(id);
  box.index = std::make_shared<const Index>(edited.index);
  box.tail = static_cast<std::uint32_t>(edited.index.tail().size());
}

MessageId Draft::new_message(const Message& message) {
  const MessageId id = record_.next_message;
  record_.next_message = MessageId(id.value + 1);
  auto parts = encode_message(message);
  std::string holder = key::message(account_, id);
  txn_.put(holder, std::move(parts.front()));
  for (std::size_t i = 1; i < parts.size(); ++i)
    txn_.put(key::message_part(account_, id, static_cast<std::uint8_t>(i)), std::move(parts[i]));
  txn_.link(message.body, std::move(holder));
  return id;
}

std::uint32_t Draft::references(MessageId message) const {
  const std::uint64_t number = message.value >> 8;
  auto block = references_changed_.find(number);
  if (block == references_changed_.end()) {
    block = references_.find(number);
    if (block == references_.end()) return 1;
  }
  const auto count = block->second.find(static_cast<std::uint8_t>(message.value));
  return count == block->second.end() ? 1 : count->second;
}

void Draft::set_references(MessageId message, std::uint32_t count) {
  const std::uint64_t number = message.value >> 8;
  const auto [block, fresh] = references_changed_.try_emplace(number);
  if (const auto old = references_.find(number); fresh && old != references_.end())
    block->second = old->second;
  const auto place = static_cast<std::uint8_t>(message.value);
  if (count > 1)
    block->second[place] = count;
  else
    block->second.erase(place);
}

void Draft::add_reference(MessageId message) { set_references(message, references(message) + 1); }

void Draft::drop_reference(MessageId message, const MessageHead& head) {
  if (const std::uint32_t count = references(message); count > 1)
    return set_references(message, count - 1);
  std::string holder = key::message(account_, message);
  for (unsigned part = 1; part < head.parts; ++part)
    txn_.erase(key::message_part(account_, message, static_cast<std::uint8_t>(part)));
  txn_.erase(holder);
  if (head.body) txn_.unlink(head.body, std::move(holder));
}

void Draft::log(Change::Kind kind, MailboxId mailbox, std::vector<Uid> uids) {
  log_.push_back({modseq(), kind, mailbox, std::move(uids)});
}

void Draft::trim_log() {
  const std::uint64_t newest = modseq().value;
  const std::uint64_t floor = record_.log_floor.value;
  if (newest < floor + kLogCommits + kLogTrimStep) return;
  const ModSeq next(newest - kLogCommits);
  txn_.erase_range(key::change(account_, ModSeq(floor)),
                   key::change(account_, ModSeq(next.value + 1)));
  record_.log_floor = next;
}

Delta Draft::finish(store::Txn& txn) {
  if (!log_.empty()) txn_.put(key::change(account_, modseq()), encode_changes(log_));
  trim_log();
  for (const auto& [number, block] : references_changed_) {
    std::string block_key = key::references(account_, MessageId(number << 8));
    if (block.empty())
      txn_.erase(std::move(block_key));
    else
      txn_.put(std::move(block_key), mailbox::encode(block));
  }
  Delta delta;
  delta.account = record_;
  delta.account_value = encode(record_);
  std::string account_key = key::account(account_);
  txn_.check(account_key, state_.account_value);
  txn_.put(std::move(account_key), delta.account_value);
  for (auto& [id, box] : changed_) {
    if (std::ranges::find(path_only_, id) == path_only_.end())
      txn_.put(key::mailbox(account_, id), mailbox::encode(box));
    delta.boxes.emplace_back(id, std::move(box));
  }
  delta.erased = std::move(erased_);
  delta.added = std::move(added_);
  for (auto& check : txn_.checks) txn.checks.push_back(std::move(check));
  for (auto& write : txn_.writes) txn.writes.push_back(std::move(write));
  return delta;
}

}  // namespace hikyaku::mailbox
