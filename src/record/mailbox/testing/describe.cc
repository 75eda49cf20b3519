// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/testing/describe.h"

#include <fmt/format.h>

#include <set>

#include "base/task_scope.h"
#include "record/mailbox/testing/rig.h"

namespace hikyaku::mailbox::testing {
namespace {

std::string describe_entry(const Info& info, const Entry& entry, const std::string& content) {
  std::set<std::string> keywords;
  for (std::size_t i = 0; i < info.keywords.size(); ++i)
    if ((entry.keywords >> i & 1) != 0) keywords.insert(info.keywords[i]);
  std::string out = fmt::format("  {} {} {}", entry.uid.value, entry.flags, content);
  for (const auto& keyword : keywords) out += " " + keyword;
  return out + "\n";
}

std::string describe_mailbox(const AccountPtr& account, const Info& info) {
  std::string out = fmt::format(
      "{} use={} subscribed={} select={} next={} n={} unseen={} "
      "deleted={} octets={}\n",
      info.name, static_cast<int>(info.special_use), info.subscribed, info.selectable,
      info.uid_next.value, info.messages, info.unseen, info.deleted, info.octets);
  const auto view = must(run_sync(account->view(info.id)));
  HK_ASSERT(view.index->size() == view.info->messages);
  std::vector<MessageId> ids;
  std::vector<Entry> entries;
  view.index->for_each(0, view.index->size(), [&](std::size_t position, const Entry& entry) {
    HK_ASSERT(position == entries.size());
    HK_ASSERT(view.index->find(entry.uid) == position);
    ids.push_back(entry.message);
    entries.push_back(entry);
  });
  const auto messages = must(run_sync(account->messages(ids)));
  for (std::size_t i = 0; i < entries.size(); ++i)
    out += describe_entry(info, entries[i], messages[i] ? messages[i]->envelope : "GONE");
  return out;
}

}  // namespace

std::string describe(const AccountPtr& account) {
  std::string out = fmt::format("octets {}\n", must(run_sync(account->octets_used())));
  for (const auto& info : must(run_sync(account->list()))) out += describe_mailbox(account, info);
  return out;
}

}  // namespace hikyaku::mailbox::testing
