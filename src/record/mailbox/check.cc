// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/check.h"

#include <algorithm>
#include <map>
#include <random>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "record/mailbox/chunk_codec.h"
#include "record/mailbox/keys.h"
#include "record/mailbox/records.h"

namespace hikyaku::mailbox {
namespace {

constexpr std::size_t kPage = 1'000;
constexpr int kAttempts = 5;

Told account_name(const CheckOptions& options, AccountId id) {
  const auto name = options.names.find(id);
  return name != options.names.end() ? verbatim(name->second)
                                     : told({"account {0}", "アカウント {0}"}, id.value);
}

/// What the index of one mailbox really holds.
struct Counted {
  std::uint32_t messages = 0, unseen = 0, deleted = 0, tail = 0;
  std::uint64_t octets = 0;
  Uid last;
  bool seen = false;
};

/// Looks at one account. A value of its own, so that a second look starts from nothing.
class AccountCheck {
 public:
  AccountCheck(store::Store* store, AccountId account, const CheckOptions* options)
      : store_(store), id_(account), options_(options) {}

  /// False: the account changed meanwhile.
  Task<Result<bool>> run();

  [[nodiscard]] std::vector<store::Finding>& findings() { return findings_; }
  [[nodiscard]] const CheckProgress& checked() const { return checked_; }

 private:
  using Records = std::vector<store::KeyValue>;
  /// Calls `take` for every record in [begin, end), page by page.
  Task<Status> each(std::string begin, std::string end,
                    std::function<void(const store::KeyValue&)> take);
  void take_account(const store::KeyValue& record);
  void take_index(const store::KeyValue& record);
  void count_entry(Counted& counted, const Entry& entry);
  Task<Status> check_messages();
  Task<Status> check_body(MessageId message, MessageHead head);
  void check_message(MessageId message, const MessageHead& head);
  void check_counts();
  void check_references();
  [[nodiscard]] Told named(MailboxId id) const;
  [[nodiscard]] std::uint32_t references(MessageId message) const;
  void set_references(store::Txn& fix, MessageId message, std::uint32_t count);
  void chain_fixes();

  /// A new finding. Its fix follows.
  store::Txn& problem(const Told& what, Told repair) {
    // Beyond the limit the last one makes room: whoever has that many repairs and checks again.
    if (findings_.size() == store::kFindingsMax) findings_.pop_back();
    findings_.push_back(
        {told({"{0}{1}", "{0}{1}"}, account_name(*options_, id_), what), std::move(repair), {}});
    return findings_.back().fix;
  }
  /// One that only a backup can help.
  void lost(const Told& what) { problem(what, {}); }

  store::Store* store_;
  AccountId id_;
  const CheckOptions* options_;
  std::string account_value_;
  AccountRecord account_;
  std::map<MailboxId, MailboxRecord> mailboxes_;
  std::map<MailboxId, Counted> counted_;
  std::unordered_set<MessageId> present_;                ///< messages that have a record
  std::unordered_map<MessageId, std::uint32_t> wanted_;  ///< entries that refer to it
  std::map<std::uint64_t, ReferenceBlock> references_;   ///< as stored, and as repaired so far
  std::vector<store::Finding> findings_;
  CheckProgress checked_;
};

Task<Status> AccountCheck::each(std::string begin, std::string end,
                                std::function<void(const store::KeyValue&)> take) {
  for (;;) {
    HK_CO_ASSIGN(const auto page, co_await store_->scan(begin, end, kPage));
    for (const auto& record : page) take(record);
    if (page.size() < kPage) co_return Status{};
    begin = page.back().key + '\0';
  }
}

void AccountCheck::take_account(const store::KeyValue& record) {
  const auto parsed = key::parse(record.key);
  if (!parsed) return lost(told({": a record has a damaged key", ": キーの壊れた記録があります"}));
  if (parsed->kind == key::kMailbox) {
    auto mailbox = decode_mailbox(parsed->mailbox, record.value);
    if (!mailbox)
      return lost(
          told({", mailbox {0}: its record is damaged", "、メールボックス {0}: 記録が壊れています"},
               parsed->mailbox.value));
    mailboxes_.emplace(parsed->mailbox, *std::move(mailbox));
    ++checked_.mailboxes;
  } else if (parsed->kind == key::kReferences) {
    auto block = decode_references(record.value);
    if (!block)
      problem(
          told({": a block of reference counts is damaged", ": 参照数のブロックが壊れています"}),
          told({"write it anew", "書き直します"}))
          .erase(key::references(id_, parsed->message));
    else
      references_[parsed->message.value >> 8] = *std::move(block);
  } else if (auto account = decode_account(record.value)) {
    account_ = *account;
    account_value_ = record.value;
  } else {
    lost(told({": its record is damaged", ": 記録が壊れています"}));
  }
}

/// The path of a mailbox, as people know it; its number where it has no record.
Told AccountCheck::named(MailboxId id) const {
  std::string out;
  for (int levels = 0; levels < 100; ++levels) {  // damage may have made a ring of parents
    const auto found = mailboxes_.find(id);
    if (found == mailboxes_.end()) break;
    const MailboxRecord& mailbox = found->second;
    out = out.empty() ? mailbox.info.name : mailbox.info.name + "/" + out;
    if (!mailbox.parent) return verbatim(out);
    id = mailbox.parent;
  }
  return out.empty() ? told({"number {0}", "番号 {0}"}, id.value) : verbatim(out);
}

void AccountCheck::count_entry(Counted& counted, const Entry& entry) {
  ++counted.messages;
  ++checked_.messages;
  counted.unseen += (entry.flags & kSeen) == 0 ? 1 : 0;
  counted.deleted += (entry.flags & kDeleted) != 0 ? 1 : 0;
  counted.octets += entry.size;
  counted.last = std::max(counted.last, entry.uid);
  ++wanted_[entry.message];
}

void AccountCheck::take_index(const store::KeyValue& record) {
  const auto parsed = key::parse(record.key);
  if (!parsed)
    return lost(
        told({": an index record has a damaged key", ": 索引にキーの壊れた記録があります"}));
  Counted& counted = counted_[parsed->mailbox];
  if (!mailboxes_.contains(parsed->mailbox)) {
    if (!counted.seen) {
      problem(told({", mailbox number {0}: has an index, but does not exist",
                    "、メールボックス番号 {0}: 索引だけがあり、本体がありません"},
                   parsed->mailbox.value),
              told({"erase the index", "索引を消します"}))
          .erase_range(key::index(id_, parsed->mailbox),
                       store::prefix_end(key::index(id_, parsed->mailbox)));
      counted.seen = true;
    }
    return;
  }
  counted.seen = true;
  std::vector<Entry> entries;
  if (parsed->kind == key::kChunk) {
    if (const auto chunk = decode_chunk(parsed->uid, record.value)) entries = (*chunk)->entries;
  } else if (const auto entry = decode_tail_entry(parsed->uid, record.value)) {
    entries = {*entry};
    ++counted.tail;
  }
  if (entries.empty())
    return lost(told({", mailbox {0}: the index record at UID {1} is damaged",
                      "、メールボックス {0}: UID {1} の索引の記録が壊れています"},
                     named(parsed->mailbox), parsed->uid.value));
  if (entries.front().uid <= counted.last)
    lost(told({", mailbox {0}: UID {1} is out of order",
               "、メールボックス {0}: UID {1} の順序が正しくありません"},
              named(parsed->mailbox), entries.front().uid.value));
  for (const auto& entry : entries) {
    count_entry(counted, entry);
    if (entry.modseq > account_.modseq)
      lost(told({", mailbox {0}: UID {1} has modseq {2}, above the account's {3}",
                 "、メールボックス {0}: UID {1} の modseq {2} がアカウントの {3} より大きくなって"
                 "います"},
                named(parsed->mailbox), entry.uid.value, entry.modseq.value,
                account_.modseq.value));
  }
}

void AccountCheck::check_message(MessageId message, const MessageHead& head) {
  const auto wanted = wanted_.find(message);
  if (wanted == wanted_.end()) {
    auto& fix = problem(
        told({", message {0}: is in no mailbox", "、メール {0}: どのメールボックスにもありません"},
             message.value),
        told({"erase it and let go of its body", "消して、本文の参照も外します"}));
    std::string holder = key::message(id_, message);
    for (unsigned part = 1; part < head.parts; ++part)
      fix.erase(key::message_part(id_, message, static_cast<std::uint8_t>(part)));
    fix.erase(holder);
    if (head.body) fix.unlink(head.body, std::move(holder));
    return;
  }
  const std::uint32_t count = references(message);
  if (count != wanted->second) {
    auto& fix = problem(told({", message {0}: counts {1} mailbox entries, there are {2}",
                              "、メール {0}: 参照数の記録は {1} ですが、実際は {2} です"},
                             message.value, count, wanted->second),
                        told({"write the right count", "正しい数を書きます"}));
    set_references(fix, message, wanted->second);
  }
  present_.insert(message);
}

Task<Status> AccountCheck::check_body(MessageId message, MessageHead head) {
  if (options_->bodies == Bodies::kSkip || !head.body || head.size == 0) co_return Status{};
  // The last octet, and nothing after it: the body is there, and as long as it should be.
  const auto last = co_await store_->read_body(head.body, head.size - 1, 2);
  if (!last)
    lost(told({", message {0}: its body {1} cannot be read: {2}",
               "、メール {0}: 本文 {1} を読めません: {2}"},
              message.value, head.body.value, last.error()));
  else if (last->size() != 1)
    lost(told({", message {0}: its body {1} is not {2} octets long",
               "、メール {0}: 本文 {1} の長さが {2} オクテットではありません"},
              message.value, head.body.value, head.size));
  co_return Status{};
}

Task<Status> AccountCheck::check_messages() {
  std::string begin = key::messages(id_);
  const std::string end = store::prefix_end(begin);
  for (;;) {
    HK_CO_ASSIGN(const auto page, co_await store_->scan(begin, end, kPage));
    for (const auto& record : page) {
      const auto parsed = key::parse(record.key);
      if (!parsed) {
        lost(
            told({": a message record has a damaged key", ": キーの壊れたメールの記録があります"}));
        continue;
      }
      if (parsed->part != 0) continue;
      const auto head = decode_message_head(record.value);
      if (!head) {
        lost(told({", message {0}: its record is damaged", "、メール {0}: 記録が壊れています"},
                  parsed->message.value));
        present_.insert(parsed->message);  // damaged is not gone
        continue;
      }
      check_message(parsed->message, *head);
      HK_CO_TRY(co_await check_body(parsed->message, *head));
    }
    if (page.size() < kPage) co_return Status{};
    begin = page.back().key + '\0';
  }
}

std::uint32_t AccountCheck::references(MessageId message) const {
  const auto block = references_.find(message.value >> 8);
  if (block == references_.end()) return 1;
  const auto count = block->second.find(static_cast<std::uint8_t>(message.value));
  return count == block->second.end() ? 1 : count->second;
}

/// A fix holds the whole block, with what the fixes before it made right.
void AccountCheck::set_references(store::Txn& fix, MessageId message, std::uint32_t count) {
  auto& block = references_[message.value >> 8];
  const auto place = static_cast<std::uint8_t>(message.value);
  if (count > 1)
    block[place] = count;
  else
    block.erase(place);
  if (block.empty())
    fix.erase(key::references(id_, message));
  else
    fix.put(key::references(id_, message), encode(block));
}

void AccountCheck::check_references() {
  for (const auto& [message, count] : wanted_)
    if (!present_.contains(message))
      lost(told({", message {0}: {1} mailbox entries refer to it, but it is gone",
                 "、メール {0}: メールボックスの {1} 件の項目が指していますが、失われています"},
                message.value, count));
  std::vector<MessageId> unknown;
  for (const auto& [number, block] : references_)
    for (const auto& [place, count] : block)
      if (const MessageId message(number << 8 | place); !wanted_.contains(message))
        unknown.push_back(message);
  for (const MessageId message : unknown) {
    auto& fix = problem(told({", message {0}: has a reference count, but is gone",
                              "、メール {0}: 参照数だけがあり、本体がありません"},
                             message.value),
                        told({"erase the count", "参照数を消します"}));
    set_references(fix, message, 1);
  }
}

/// What is wrong with a mailbox's numbers, or nothing.
Told wrong_numbers(const Told& name, const MailboxRecord& mailbox, const Counted& counted) {
  const Info& info = mailbox.info;
  if (counted.last >= info.uid_next)
    return told({", mailbox {0}: UIDNEXT {1} is not above UID {2}",
                 "、メールボックス {0}: UIDNEXT {1} が UID {2} より大きくありません"},
                name, info.uid_next.value, counted.last.value);
  if (counted.messages == info.messages && counted.unseen == info.unseen &&
      counted.deleted == info.deleted && counted.octets == info.octets &&
      counted.tail == mailbox.tail)
    return {};
  return told(
      {", mailbox {0}: counts {1} messages, {2} unseen, {3} deleted, {4} octets, {5} in the tail; "
       "its index has {6}, {7}, {8}, {9}, {10}",
       "、メールボックス {0}: 記録では {1} 通、未読 {2}、削除印 {3}、{4} オクテット、末尾 {5} 通"
       "ですが、索引では順に {6}、{7}、{8}、{9}、{10} です"},
      name, info.messages, info.unseen, info.deleted, info.octets, mailbox.tail, counted.messages,
      counted.unseen, counted.deleted, counted.octets, counted.tail);
}

void AccountCheck::check_counts() {
  std::uint64_t octets = 0;
  for (auto& [id, mailbox] : mailboxes_) {
    const Counted& counted = counted_[id];
    if (mailbox.parent && !mailboxes_.contains(mailbox.parent))
      lost(told({", mailbox {0}: its parent is gone",
                 "、メールボックス {0}: 親のメールボックスがありません"},
                named(id)));
    if (mailbox.dying) continue;
    octets += counted.octets;
    const Told wrong = wrong_numbers(named(id), mailbox, counted);
    if (wrong.empty()) continue;
    Info& info = mailbox.info;
    info.uid_next = std::max(info.uid_next, Uid(counted.last.value + 1));
    info.messages = counted.messages;
    info.unseen = counted.unseen;
    info.deleted = counted.deleted;
    info.octets = counted.octets;
    mailbox.tail = counted.tail;
    problem(wrong, told({"write the right numbers", "正しい数を書きます"}))
        .put(key::mailbox(id_, id), encode(mailbox));
  }
  if (octets != account_.octets)
    problem(told({": counts {0} octets, its mailboxes hold {1}",
                  ": 記録では {0} オクテットですが、メールボックスの合計は {1} です"},
                 account_.octets, octets),
            told({"write the right count", "正しい数を書きます"}));
  account_.octets = octets;
}

/// Each fix changes the account's record, as every change does, so that a running server notices,
/// and checks for what the one before it wrote.
void AccountCheck::chain_fixes() {
  std::random_device device;
  const std::string account_key = key::account(id_);
  for (auto& finding : findings_) {
    if (finding.repair.empty()) continue;
    account_.stamp = std::uint64_t{device()} << 32 | device();
    std::string value = encode(account_);
    finding.fix.check(account_key, std::exchange(account_value_, value));
    finding.fix.put(account_key, std::move(value));
  }
}

Task<Result<bool>> AccountCheck::run() {
  const std::string account_key = key::account(id_);
  HK_CO_TRY(co_await each(account_key, store::prefix_end(account_key),
                          [this](const store::KeyValue& record) { take_account(record); }));
  if (account_.removed) co_return true;  // half erased is what it should be
  std::string begin = key::indexes(id_);
  std::string end = store::prefix_end(begin);
  HK_CO_TRY(co_await each(std::move(begin), std::move(end),
                          [this](const store::KeyValue& record) { take_index(record); }));
  HK_CO_TRY(co_await check_messages());
  check_references();
  if (!account_value_.empty()) check_counts();
  begin = key::changes(id_);
  end = key::change(id_, ModSeq(account_.log_floor.value + 1));
  HK_CO_ASSIGN(const auto below, co_await store_->scan(begin, std::move(end), 1));
  if (!below.empty())
    problem(told({": the change log reaches below its floor",
                  ": 変更記録が下限より前まで残っています"}),
            told({"cut it off there", "下限で切り捨てます"}))
        .erase_range(key::changes(id_), key::change(id_, ModSeq(account_.log_floor.value + 1)));
  HK_CO_ASSIGN(const auto now, co_await store::get_one(store_, account_key));
  if (now.value_or("") != account_value_) co_return false;
  if (!account_value_.empty()) chain_fixes();
  co_return true;
}

/// The first account at or after this one that has any record in the subspace.
Task<Result<std::optional<AccountId>>> next_account(store::Store* store, std::string from) {
  std::string end = store::prefix_end(from.substr(0, 1));
  HK_CO_ASSIGN(const auto found, co_await store->scan(std::move(from), std::move(end), 1));
  if (found.empty()) co_return std::nullopt;
  const auto parsed = key::parse(found.front().key);
  if (!parsed) co_return retry_later("an account's record has a damaged key");
  co_return std::optional(parsed->account);
}

}  // namespace

Task<Result<std::vector<store::Finding>>> check(store::Store* store, CheckOptions options) {
  std::vector<store::Finding> found;
  CheckProgress progress;
  std::string from(1, key::kAccount);
  while (found.size() < store::kFindingsMax) {
    HK_CO_ASSIGN(const auto account, co_await next_account(store, from));
    if (!account) break;
    bool still = false;
    for (int attempt = 0; attempt < kAttempts && !still; ++attempt) {
      AccountCheck trial(store, *account, &options);
      HK_CO_ASSIGN(still, co_await trial.run());
      if (!still) continue;
      std::ranges::move(trial.findings(), std::back_inserter(found));
      progress.accounts += 1;
      progress.mailboxes += trial.checked().mailboxes;
      progress.messages += trial.checked().messages;
    }
    if (!still)
      found.push_back({told({"{0}: changes too fast to be checked; check again later",
                             "{0}: 変更が続いているため検査できません。後で検査し直してください"},
                            account_name(options, *account)),
                       {},
                       {}});
    if (options.progress) options.progress(progress);
    from = store::prefix_end(key::account(*account));
  }
  co_return found;
}

}  // namespace hikyaku::mailbox
