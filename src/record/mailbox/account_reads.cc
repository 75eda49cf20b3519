// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "record/mailbox/account.h"
#include "record/mailbox/keys.h"

namespace hikyaku::mailbox {
namespace {

constexpr std::size_t kGetKeys = 1'000;
constexpr std::size_t kScanRecords = 2'000;

/// Ids that lie close together are read by a scan, over what lies between them too.
bool is_dense(const std::vector<MessageId>& ids) {
  return ids.size() > 16 && ids.back().value - ids.front().value < ids.size() * 4;
}

/// How many parts a message has, when there are more than one and all are wanted.
std::uint8_t more_parts(std::string_view first, auto wanted) {
  if (wanted == decltype(wanted)::kFirst) return 0;
  const auto head = decode_message_head(first);
  return head && head->parts > 1 ? head->parts : std::uint8_t{0};
}

}  // namespace

/// A message with more than one part, which is rare.
Task<Status> AccountImpl::visit_parts(MessageId id, std::string first, std::uint8_t parts,
                                      const MessageVisitor* visit) {
  std::vector<std::string> keys;
  for (unsigned part = 1; part < parts; ++part)
    keys.push_back(key::message_part(id_, id, static_cast<std::uint8_t>(part)));
  HK_CO_ASSIGN(const auto rest, co_await shared_.store.get(std::move(keys)));
  std::vector<std::string_view> all{first};
  for (const auto& part : rest)
    if (part) all.push_back(*part);
  (*visit)(id, all);
  co_return Status{};
}

Task<Status> AccountImpl::read_messages(std::vector<MessageId> ids, Parts parts,
                                        MessageVisitor visit) {
  if (!is_dense(ids)) {
    for (std::size_t i = 0; i < ids.size(); i += kGetKeys) {
      const std::size_t end = std::min(ids.size(), i + kGetKeys);
      std::vector<std::string> keys;
      keys.reserve(end - i);
      for (std::size_t k = i; k < end; ++k) keys.push_back(key::message(id_, ids[k]));
      HK_CO_ASSIGN(auto values, co_await shared_.store.get(std::move(keys)));
      for (std::size_t k = i; k < end; ++k) {
        if (!values[k - i]) continue;
        auto& value = *values[k - i];
        if (const auto more = more_parts(value, parts))
          HK_CO_TRY(co_await visit_parts(ids[k], std::move(value), more, &visit));
        else
          visit(ids[k], std::array<std::string_view, 1>{value});
      }
    }
    co_return Status{};
  }
  std::string begin = key::message(id_, ids.front());
  const std::string end = key::message(id_, MessageId(ids.back().value + 1));
  auto wanted = ids.begin();
  for (;;) {
    HK_CO_ASSIGN(auto records, co_await shared_.store.scan(begin, end, kScanRecords));
    for (auto& record : records) {
      const auto parsed = key::parse(record.key);
      if (!parsed || parsed->part != 0) continue;
      while (wanted != ids.end() && *wanted < parsed->message) ++wanted;
      if (wanted == ids.end() || *wanted != parsed->message) continue;
      if (const auto more = more_parts(record.value, parts))
        HK_CO_TRY(co_await visit_parts(*wanted, std::move(record.value), more, &visit));
      else
        visit(*wanted, std::array<std::string_view, 1>{record.value});
    }
    if (records.size() < kScanRecords) co_return Status{};
    begin = records.back().key + '\0';
  }
}

/// Bodies and sizes of messages that may be erased. Those that are damaged or gone are left out.
Task<Result<std::unordered_map<MessageId, MessageHead>>> AccountImpl::heads(
    std::vector<MessageId> ids) {
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  std::unordered_map<MessageId, MessageHead> out;
  out.reserve(ids.size());
  HK_CO_TRY(co_await read_messages(std::move(ids), Parts::kFirst,
                                   [&out](MessageId id, std::span<const std::string_view> parts) {
                                     if (auto head = decode_message_head(parts.front()))
                                       out.emplace(id, *head);
                                   }));
  co_return out;
}

Task<Result<std::vector<std::optional<Message>>>> AccountImpl::messages(
    std::vector<MessageId> ids) {
  std::vector<MessageId> sorted = ids;
  std::ranges::sort(sorted);
  sorted.erase(std::ranges::unique(sorted).begin(), sorted.end());
  std::vector<std::optional<Message>> found(sorted.size());
  Status damage;
  HK_CO_TRY(co_await read_messages(
      sorted, Parts::kAll, [&](MessageId id, std::span<const std::string_view> parts) {
        auto message = decode_message(id, parts);
        const auto place = std::ranges::lower_bound(sorted, id) - sorted.begin();
        if (message)
          found[static_cast<std::size_t>(place)] = *std::move(message);
        else
          damage = std::unexpected(std::move(message).error());
      }));
  HK_CO_TRY(std::move(damage));
  if (sorted == ids) co_return found;
  std::vector<std::optional<Message>> out;
  out.reserve(ids.size());
  for (const MessageId id : ids) {
    const auto place = std::ranges::lower_bound(sorted, id) - sorted.begin();
    out.push_back(found[static_cast<std::size_t>(place)]);
  }
  co_return out;
}

Task<Result<std::vector<Change>>> AccountImpl::changes(ModSeq since, std::size_t limit) {
  HK_CO_TRY(co_await settle());
  ModSeq newest, floor;
  {
    const std::lock_guard lock(mutex_);
    newest = published_.account.modseq;
    floor = published_.account.log_floor;
  }
  if (since < floor)
    co_return permanent(
        "the change log does not reach back that far: everything must be read anew");
  if (since >= newest || limit == 0) co_return std::vector<Change>{};
  HK_CO_ASSIGN(const auto records,
               co_await shared_.store.scan(key::change(id_, ModSeq(since.value + 1)),
                                           key::change(id_, ModSeq(newest.value + 1)), limit));
  std::vector<Change> out;
  for (const auto& record : records) {
    const auto parsed = key::parse(record.key);
    if (!parsed) co_return retry_later("the change log is damaged; run `hikyaku store check`");
    HK_CO_ASSIGN(auto changes, decode_changes(parsed->modseq, record.value));
    std::ranges::move(changes, std::back_inserter(out));
    if (out.size() >= limit) break;
  }
  co_return out;
}

}  // namespace hikyaku::mailbox
