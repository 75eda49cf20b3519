// SPDX-License-Identifier: Apache-2.0
// LIST (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154) and LSUB (RFC 3501 §6.3.9).
#include <algorithm>
#include <unordered_set>

#include "protocol/imap/list_pattern.h"
#include "protocol/imap/response/mailbox.h"
#include "server/imap/session.h"
#include "server/imap/special_use.h"
#include "server/imap/status_values.h"

namespace hikyaku::imap_server {
namespace {

using Select = imap::List::Select;
using Return = imap::List::Return;

/// Names that have something below them: mailboxes that exist, and subscribed names.
struct Parents {
  std::unordered_set<std::string_view> of_existing;
  std::unordered_set<std::string_view> of_subscribed;

  explicit Parents(const std::vector<mailbox::Info>& infos) {
    for (const auto& info : infos) {
      for (auto parent = imap::parent_name(info.name); !parent.empty();
           parent = imap::parent_name(parent)) {
        if (info.selectable) of_existing.insert(parent);
        if (info.subscribed) of_subscribed.insert(parent);
      }
    }
  }
};

imap::MailboxAttributes attributes(const mailbox::Info& info, const Parents& parents,
                                   const imap::List& command) {
  imap::MailboxAttributes out = attributes_of(info.special_use);
  out |= parents.of_existing.contains(info.name) ? imap::MailboxAttribute::kHasChildren
                                                 : imap::MailboxAttribute::kHasNoChildren;
  if (!info.selectable)
    out |= imap::MailboxAttribute::kNoselect |
           imap::MailboxAttributes(imap::MailboxAttribute::kNonExistent);
  if (info.subscribed &&
      (command.wants(Return::kSubscribed) || command.selects(Select::kSubscribed)))
    out |= imap::MailboxAttribute::kSubscribed;
  return out;
}

Result<std::vector<imap::ListPattern>> compile(const imap::List& command,
                                               imap::NameEncoding encoding) {
  std::vector<imap::ListPattern> out;
  for (const auto& pattern : command.patterns) {
    HK_ASSIGN(auto compiled, imap::ListPattern::compile(command.reference, pattern, encoding));
    out.push_back(std::move(compiled));
  }
  return out;
}

}  // namespace

Task<void> Session::run_command(imap::List command) {
  co_await list_mailboxes(std::move(command), ListAs::kList);
}

Task<void> Session::run_command(imap::Lsub command) {
  imap::List list;
  list.reference = std::move(command.reference);
  list.patterns.push_back(std::move(command.pattern));
  list.select = static_cast<std::uint32_t>(Select::kSubscribed) |
                static_cast<std::uint32_t>(Select::kRecursiveMatch);
  co_await list_mailboxes(std::move(list), ListAs::kLsub);
}

Task<void> Session::list_mailboxes(imap::List command, ListAs as) {
  const auto kind = as == ListAs::kLsub ? imap::ListKind::kLsub : imap::ListKind::kList;
  if (!command.extended && command.patterns.size() == 1 && command.patterns.front().empty()) {
    imap::append_list_delimiter(out_, kind);
    co_await done("that is the delimiter");
    co_return;
  }
  const auto patterns = compile(command, state_.name_encoding());
  if (!patterns) {
    bad(patterns.error().text);
    co_return;
  }
  const auto all = co_await account_->list();
  if (!all) co_return failed(all.error());
  const Parents parents(*all);
  const bool subscribed_only = command.selects(Select::kSubscribed);
  for (const auto& info : *all) {
    const auto& name = info.name;
    if (!std::ranges::any_of(*patterns, [&](const auto& p) { return p.matches(name); })) continue;
    if (command.selects(Select::kSpecialUse) && info.special_use == mailbox::SpecialUse::kNone)
      continue;
    auto child_info = imap::ChildInfo::kNone;
    auto shown = attributes(info, parents, command);
    if (subscribed_only && command.selects(Select::kRecursiveMatch) &&
        parents.of_subscribed.contains(name))
      child_info = imap::ChildInfo::kSubscribed;
    if (subscribed_only && !info.subscribed) {
      if (child_info == imap::ChildInfo::kNone) continue;
      // RFC 3501 §6.3.9: "foo" is told of with \Noselect when "foo/bar" is subscribed and foo is
      // not.
      if (as == ListAs::kLsub) shown |= imap::MailboxAttribute::kNoselect;
    }
    // Only its subscription is left of it (RFC 9051 §6.3.9.1: SUBSCRIBED tells of such names too).
    if (!subscribed_only && !info.selectable && !parents.of_existing.contains(name)) continue;
    if (as == ListAs::kLsub) child_info = imap::ChildInfo::kNone;
    imap::append_list(out_, kind, shown, name, state_.name_encoding(), child_info);
    if (command.status && info.selectable)
      imap::append_status_response(out_, name, state_.name_encoding(), *command.status,
                                   status_values(info));
    if (!co_await flush_some()) co_return;
  }
  co_await done("listed");
}

}  // namespace hikyaku::imap_server
