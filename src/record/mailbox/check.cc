// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/check.h"

#include <algorithm>
#include <map>
#include <random>
#include <unordered_map>

#include <fmt/format.h>

#include "record/mailbox/chunk_codec.h"
#include "record/mailbox/keys.h"
#include "record/mailbox/records.h"

namespace hikyaku::mailbox {
namespace {

constexpr std::size_t kPage = 1'000;
constexpr int kAttempts = 5;
constexpr std::size_t kRepairBytes = 500'000;  ///< in one commit

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

  [[nodiscard]] std::vector<Problem>& problems() { return problems_; }
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
  Task<Status> repair();

  void problem(std::string what, std::string remedy) {
    problems_.push_back({fmt::format("account {}{}", id_.value, what), std::move(remedy)});
  }
  void put(std::string key, std::string value) {
    repairs_.push_back({store::Write::Kind::kPut, std::move(key), std::move(value), {}});
  }
  void erase(std::string key) {
    repairs_.push_back({store::Write::Kind::kErase, std::move(key), {}, {}});
  }

  store::Store* store_;
  AccountId id_;
  const CheckOptions* options_;
  std::string account_value_;
  AccountRecord account_;
  std::map<MailboxId, MailboxRecord> mailboxes_;
  std::map<MailboxId, Counted> counted_;
  std::unordered_map<MessageId, std::uint32_t> wanted_;      ///< entries that refer to it
  std::unordered_map<MessageId, std::uint32_t> references_;  ///< as stored
  std::vector<Problem> problems_;
  std::vector<store::Write> repairs_;
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
  if (!parsed) return problem(": a record has a damaged key", "");
  if (parsed->kind == key::kMailbox) {
    auto mailbox = decode_mailbox(parsed->mailbox, record.value);
    if (!mailbox)
      return problem(fmt::format(", mailbox {}: its record is damaged", parsed->mailbox.value), "");
    mailboxes_.emplace(parsed->mailbox, *std::move(mailbox));
    ++checked_.mailboxes;
  } else if (parsed->kind == key::kReferences) {
    references_[parsed->message] = decode_references(record.value).value_or(0);
  } else if (auto account = decode_account(record.value)) {
    account_ = *account;
    account_value_ = record.value;
  } else {
    problem(": its record is damaged", "");
  }
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
  if (!parsed) return problem(": an index record has a damaged key", "");
  Counted& counted = counted_[parsed->mailbox];
  if (!mailboxes_.contains(parsed->mailbox)) {
    if (!counted.seen)
      problem(fmt::format(", mailbox {}: has an index, but does not exist", parsed->mailbox.value),
              "erase the index");
    counted.seen = true;
    return erase(record.key);
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
    return problem(fmt::format(", mailbox {}: the index record at UID {} is damaged",
                               parsed->mailbox.value, parsed->uid.value),
                   "");
  if (entries.front().uid <= counted.last)
    problem(fmt::format(", mailbox {}: UID {} is out of order", parsed->mailbox.value,
                        entries.front().uid.value),
            "");
  for (const auto& entry : entries) {
    count_entry(counted, entry);
    if (entry.modseq > account_.modseq)
      problem(fmt::format(", mailbox {}: UID {} has modseq {}, above the account's {}",
                          parsed->mailbox.value, entry.uid.value, entry.modseq.value,
                          account_.modseq.value),
              "");
  }
}

void AccountCheck::check_message(MessageId message, const MessageHead& head) {
  const auto wanted = wanted_.find(message);
  if (wanted == wanted_.end()) {
    problem(fmt::format(", message {}: is in no mailbox", message.value),
            "erase it and let go of its body");
    std::string holder = key::message(id_, message);
    for (unsigned part = 1; part < head.parts; ++part)
      erase(key::message_part(id_, message, static_cast<std::uint8_t>(part)));
    erase(holder);
    if (head.body)
      repairs_.push_back({store::Write::Kind::kUnlink, {}, std::move(holder), head.body});
    return;
  }
  const auto stored = references_.find(message);
  const std::uint32_t count = stored == references_.end() ? 1 : stored->second;
  if (count != wanted->second) {
    problem(fmt::format(", message {}: counts {} mailbox entries, there are {}", message.value,
                        count, wanted->second),
            "write the right count");
    if (wanted->second > 1)
      put(key::references(id_, message), encode_references(wanted->second));
    else
      erase(key::references(id_, message));
  }
  references_.erase(message);
  wanted_.erase(wanted);
}

Task<Status> AccountCheck::check_body(MessageId message, MessageHead head) {
  if (options_->bodies == Bodies::kSkip || !head.body || head.size == 0) co_return Status{};
  // The last octet, and nothing after it: the body is there, and as long as it should be.
  const auto last = co_await store_->read_body(head.body, head.size - 1, 2);
  if (!last)
    problem(fmt::format(", message {}: its body {} cannot be read: {}", message.value,
                        head.body.value, last.error().text),
            "");
  else if (last->size() != 1)
    problem(fmt::format(", message {}: its body {} is not {} octets long", message.value,
                        head.body.value, head.size),
            "");
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
        problem(": a message record has a damaged key", "");
        continue;
      }
      if (parsed->part != 0) continue;
      const auto head = decode_message_head(record.value);
      if (!head) {
        problem(fmt::format(", message {}: its record is damaged", parsed->message.value), "");
        wanted_.erase(parsed->message);
        continue;
      }
      check_message(parsed->message, *head);
      HK_CO_TRY(co_await check_body(parsed->message, *head));
    }
    if (page.size() < kPage) co_return Status{};
    begin = page.back().key + '\0';
  }
}

void AccountCheck::check_references() {
  for (const auto& [message, count] : wanted_)
    problem(fmt::format(", message {}: {} mailbox entries refer to it, but it is gone",
                        message.value, count),
            "");
  for (const auto& [message, count] : references_) {
    if (wanted_.contains(message)) continue;
    problem(fmt::format(", message {}: has a reference count, but is gone", message.value),
            "erase the count");
    erase(key::references(id_, message));
  }
}

void AccountCheck::check_counts() {
  std::uint64_t octets = 0;
  for (auto& [id, mailbox] : mailboxes_) {
    const Counted& counted = counted_[id];
    Info& info = mailbox.info;
    if (mailbox.parent && !mailboxes_.contains(mailbox.parent))
      problem(fmt::format(", mailbox {}: its parent is gone", id.value), "");
    if (mailbox.dying) continue;
    octets += counted.octets;
    if (counted.last >= info.uid_next) {
      problem(fmt::format(", mailbox {}: UIDNEXT {} is not above UID {}", id.value,
                          info.uid_next.value, counted.last.value),
              "raise UIDNEXT");
    } else if (counted.messages == info.messages && counted.unseen == info.unseen &&
               counted.deleted == info.deleted && counted.octets == info.octets &&
               counted.tail == mailbox.tail) {
      continue;
    } else {
      problem(fmt::format(", mailbox {}: counts {} messages, {} unseen, {} deleted, {} octets, {} "
                          "in the tail; its index has {}, {}, {}, {}, {}",
                          id.value, info.messages, info.unseen, info.deleted, info.octets,
                          mailbox.tail, counted.messages, counted.unseen, counted.deleted,
                          counted.octets, counted.tail),
              "write the right counts");
    }
    info.uid_next = std::max(info.uid_next, Uid(counted.last.value + 1));
    info.messages = counted.messages;
    info.unseen = counted.unseen;
    info.deleted = counted.deleted;
    info.octets = counted.octets;
    mailbox.tail = counted.tail;
    put(key::mailbox(id_, id), encode(mailbox));
  }
  if (octets != account_.octets)
    problem(fmt::format(": counts {} octets, its mailboxes hold {}", account_.octets, octets),
            "write the right count");
  account_.octets = octets;
}

Task<Status> AccountCheck::repair() {
  std::size_t next = 0;
  do {
    store::Txn txn;
    std::size_t bytes = 0;
    for (; next < repairs_.size() && bytes < kRepairBytes; ++next) {
      bytes += repairs_[next].key.size() + repairs_[next].value.size();
      txn.writes.push_back(repairs_[next]);
    }
    // As every change of the account does: so that a running server notices.
    std::random_device device;
    account_.stamp = std::uint64_t{device()} << 32 | device();
    std::string value = encode(account_);
    txn.check(key::account(id_), account_value_).put(key::account(id_), value);
    account_value_ = std::move(value);
    const auto result = co_await store_->submit(std::move(txn));
    if (result.outcome != store::Outcome::kCommitted)
      co_return retry_later(fmt::format(
          "account {}: repairs could not be stored: {}", id_.value,
          result.outcome == store::Outcome::kConflict ? "it changed meanwhile" : result.error));
  } while (next < repairs_.size());
  for (auto& problem : problems_) problem.repaired = !problem.remedy.empty();
  co_return Status{};
}

Task<Result<bool>> AccountCheck::run() {
  checked_.accounts = 1;
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
  if (!below.empty()) problem(": the change log reaches below its floor", "none needed");
  HK_CO_ASSIGN(const auto now, co_await store::get_one(store_, account_key));
  if (now.value_or("") != account_value_) co_return false;
  const bool damaged = !problems_.empty() && !account_value_.empty();
  if (damaged && options_->repair == Repair::kYes) HK_CO_TRY(co_await repair());
  co_return true;
}

void add(CheckReport& report, AccountCheck& account, const CheckOptions& options) {
  report.checked.accounts += account.checked().accounts;
  report.checked.mailboxes += account.checked().mailboxes;
  report.checked.messages += account.checked().messages;
  report.problem_count += account.problems().size();
  for (auto& problem : account.problems())
    if (report.problems.size() < options.problems_max)
      report.problems.push_back(std::move(problem));
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

Task<Result<CheckReport>> check(store::Store* store, CheckOptions options) {
  CheckReport report;
  std::string from(1, key::kAccount);
  for (;;) {
    HK_CO_ASSIGN(const auto account, co_await next_account(store, from));
    if (!account) co_return report;
    bool still = false;
    for (int attempt = 0; attempt < kAttempts && !still; ++attempt) {
      AccountCheck trial(store, *account, &options);
      HK_CO_ASSIGN(still, co_await trial.run());
      if (still) add(report, trial, options);
    }
    if (!still) {
      ++report.problem_count;
      report.problems.push_back(
          {fmt::format("account {}: changes too fast to be checked", account->value),
           "run the check again"});
    }
    if (options.progress) options.progress(report.checked);
    from = store::prefix_end(key::account(*account));
  }
}

}  // namespace hikyaku::mailbox
