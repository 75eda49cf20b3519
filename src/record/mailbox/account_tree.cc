// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "record/mailbox/account.h"
#include "record/mailbox/name.h"

namespace hikyaku::mailbox {
namespace {

struct Default {
  SpecialUse use;
  std::string_view name;
};
constexpr std::array kDefaults{
    Default{SpecialUse::kDrafts, "Drafts"}, Default{SpecialUse::kSent, "Sent"},
    Default{SpecialUse::kJunk, "Junk"}, Default{SpecialUse::kTrash, "Trash"},
    Default{SpecialUse::kArchive, "Archive"}};

std::unexpected<Error> no_such_mailbox(std::string_view name) {
  return permanent(fmt::format("there is no mailbox \"{}\"", name));
}

/// The mailbox of this name, which is made when it is missing, with all levels above it.
Result<MailboxId> make_path(Draft& draft, std::string_view name, SpecialUse use) {
  if (const Box* there = draft.box(name)) return there->info->id;
  if (draft.mailboxes() >= kMailboxesMax)
    return permanent(fmt::format("an account holds at most {} mailboxes", kMailboxesMax));
  MailboxId parent;
  if (const auto above = parent_of(name); !above.empty()) {
    HK_ASSIGN(parent, make_path(draft, above, SpecialUse::kNone));
  }
  return draft.make(std::string(name), parent, use);
}

/// A parent that was deleted exists again, as a new mailbox.
void make_selectable(Draft& draft, MailboxId id) {
  Info& info = draft.info(id);
  info.selectable = true;
  info.uid_validity = draft.new_uid_validity();
  info.highest_modseq = draft.modseq();
  draft.log(Change::Kind::kMailbox, id, {});
}

/// Names that are kept for their children or for a subscription go with the last of them.
void drop_bare_names(Draft& draft, MailboxId parent) {
  while (parent) {
    const Box* box = draft.box(parent);
    if (box == nullptr || box->info->selectable || box->info->subscribed ||
        draft.has_children(parent))
      return;
    const MailboxId above = box->parent;
    draft.make_dying(parent);
    parent = above;
  }
}

}  // namespace

Task<Status> AccountImpl::make_default_mailboxes() {
  co_return co_await change([](Draft& draft) -> Result<Built> {
    if (draft.record().defaults_made) return Built::nothing();
    draft.record().defaults_made = true;
    draft.info(kInboxId).subscribed = true;
    for (const auto& [use, name] : kDefaults) {
      if (draft.has_use(use)) continue;
      HK_ASSIGN(const MailboxId id, make_path(draft, name, use));
      Info& info = draft.info(id);
      if (!info.selectable) make_selectable(draft, id);
      if (info.special_use == SpecialUse::kNone) info.special_use = use;
      info.subscribed = true;
    }
    return Built::commit();
  });
}

Task<Result<Info>> AccountImpl::create(std::string name, SpecialUse use) {
  HK_CO_ASSIGN(const std::string wanted, normalised_name(name));
  Info made;
  HK_CO_TRY(co_await change([&](Draft& draft) -> Result<Built> {
    const Box* there = draft.box(wanted);
    if (there != nullptr && there->info->selectable)
      return permanent(fmt::format("the mailbox \"{}\" exists already", wanted));
    // RFC 6154 §3: a special use is refused when the server cannot give it.
    if (use != SpecialUse::kNone && draft.has_use(use))
      return permanent("another mailbox has this special use already");
    HK_ASSIGN(const MailboxId id, make_path(draft, wanted, use));
    Info& info = draft.info(id);
    if (!info.selectable) make_selectable(draft, id);
    info.special_use = use;
    made = info;
    return Built::commit();
  }));
  co_return made;
}

Task<Status> AccountImpl::remove(std::string name) {
  HK_CO_ASSIGN(const std::string wanted, normalised_name(name));
  if (wanted == kInbox) co_return permanent("INBOX cannot be deleted");
  HK_CO_TRY(co_await change([&](Draft& draft) -> Result<Built> {
    const Box* there = draft.box(wanted);
    if (there == nullptr || !there->info->selectable) return no_such_mailbox(wanted);
    const MailboxId id = there->info->id;
    const MailboxId parent = there->parent;
    const bool subscribed = there->info->subscribed;
    const auto children = draft.children(id);
    draft.make_dying(id);
    if (children.empty() && !subscribed) {
      drop_bare_names(draft, parent);
      return Built::commit();
    }
    // RFC 9051 §6.3.5: the children stay, and so does the name; §6.3.7: so does the subscription.
    // It has no messages and no life.
    const MailboxId placeholder = draft.make(wanted, parent, SpecialUse::kNone);
    draft.info(placeholder).selectable = false;
    draft.info(placeholder).subscribed = subscribed;
    for (const MailboxId child : children) draft.edit(child).parent = placeholder;
    return Built::commit();
  }));
  // The mailbox is gone; what follows only gives its room back, and is done by the next who cleans
  // when it cannot be done now.
  ignore(co_await clean(static_cast<std::size_t>(-1)), "the mailbox is gone already");
  co_return Status{};
}

namespace {

/// Nothing but a subscription has this name.
bool is_bare_name(const Draft& draft, const Box& box) {
  return !box.info->selectable && !draft.has_children(box.info->id);
}

/// Makes room for mailbox `id` at a name, which gives it its subscription and what is below it.
/// The subscription of `id` stays with the name that it had; that is added to `left` then.
Status take_name(Draft& draft, MailboxId id, const std::string& name,
                 std::vector<std::string>& left) {
  const auto own = draft.box(id)->info;
  const auto taken = draft.box(name) == nullptr ? nullptr : draft.box(name)->info;
  if (taken && taken->selectable)
    return permanent(fmt::format("the mailbox \"{}\" exists already", name));
  const bool subscribed = taken && taken->subscribed;
  if (own->subscribed) left.push_back(own->name);
  if (own->subscribed != subscribed) draft.info(id).subscribed = subscribed;
  if (!taken) return {};
  const MailboxId placeholder = taken->id;
  for (const MailboxId child : draft.children(placeholder))
    if (child != id) draft.edit(child).parent = id;
  draft.make_dying(placeholder);
  return {};
}

/// A name without a mailbox, that a subscription keeps, with the levels above it.
Result<MailboxId> make_bare(Draft& draft, const std::string& name) {
  if (const Box* there = draft.box(name)) return there->info->id;
  if (draft.mailboxes() >= kMailboxesMax)
    return permanent(fmt::format("an account holds at most {} mailboxes", kMailboxesMax));
  MailboxId parent;
  if (const std::string above(parent_of(name)); !above.empty()) {
    HK_ASSIGN(parent, make_bare(draft, above));
  }
  const MailboxId id = draft.make(name, parent, SpecialUse::kNone);
  draft.info(id).selectable = false;
  return id;
}

/// Subscriptions are names (RFC 9051 §6.3.7: the server takes none away by itself), so they stay
/// where they are, as with Dovecot; clients move them with UNSUBSCRIBE and SUBSCRIBE.
Result<Built> build_rename(Draft& draft, const std::string& from, const std::string& to) {
  const Box* old = draft.box(from);
  if (old == nullptr || is_bare_name(draft, *old)) return no_such_mailbox(from);
  if (to == from) return permanent(fmt::format("the mailbox \"{}\" exists already", to));
  if (to.starts_with(from + "/")) return permanent("a mailbox cannot become its own child");
  const MailboxId id = old->info->id;
  const MailboxId old_parent = old->parent;
  const auto below = draft.descendants(from);
  std::vector<std::string> left;
  HK_TRY(take_name(draft, id, to, left));
  MailboxId parent;
  if (const auto above = parent_of(to); !above.empty()) {
    HK_ASSIGN(parent, make_path(draft, above, SpecialUse::kNone));
  }
  draft.rename(id, to, parent);
  std::vector<MailboxId> bared{old_parent};
  for (const MailboxId child : below) {
    if (const Box& box = *draft.box(child); is_bare_name(draft, box)) {
      left.push_back(box.info->name);
      bared.push_back(box.parent);
      draft.make_dying(child);
      continue;
    }
    std::string name = to + draft.box(child)->info->name.substr(from.size());
    if (name.size() > kNameOctetsMax) return permanent("the name of a child would be too long");
    HK_TRY(take_name(draft, child, name, left));
    draft.move_path(child, std::move(name));
  }
  for (const auto& name : left) {
    HK_ASSIGN(const MailboxId kept, make_bare(draft, name));
    draft.info(kept).subscribed = true;
  }
  for (const MailboxId parent_of_one : bared) drop_bare_names(draft, parent_of_one);
  return Built::commit();
}

}  // namespace

Task<Status> AccountImpl::rename(std::string from, std::string to) {
  HK_CO_ASSIGN(const std::string old_name, normalised_name(from));
  HK_CO_ASSIGN(const std::string new_name, normalised_name(to));
  if (old_name != kInbox) {
    co_return co_await change(
        [&](Draft& draft) { return build_rename(draft, old_name, new_name); });
  }
  // RFC 9051 §6.3.6: the messages of INBOX go to a new mailbox; INBOX stays, empty, with its
  // children.
  HK_CO_ASSIGN(const Info made, co_await create(new_name, SpecialUse::kNone));
  HK_CO_ASSIGN(const View inbox, co_await view(kInboxId));
  std::vector<Uid> uids;
  uids.reserve(inbox.index->size());
  inbox.index->for_each(0, inbox.index->size(),
                        [&](std::size_t, const Entry& entry) { uids.push_back(entry.uid); });
  HK_CO_TRY(co_await move(kInboxId, std::move(uids), made.id));
  co_return Status{};
}

Task<Status> AccountImpl::subscribe(std::string name, bool subscribed) {
  HK_CO_ASSIGN(const std::string wanted, normalised_name(name));
  co_return co_await change([&](Draft& draft) -> Result<Built> {
    const Box* there = draft.box(wanted);
    if (there == nullptr) return no_such_mailbox(wanted);
    if (there->info->subscribed == subscribed) return Built::nothing();
    const MailboxId id = there->info->id;
    draft.info(id).subscribed = subscribed;
    draft.log(Change::Kind::kMailbox, id, {});
    drop_bare_names(draft, id);
    return Built::commit();
  });
}

}  // namespace hikyaku::mailbox
