// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/state.h"

#include <fmt/format.h>

#include "record/mailbox/keys.h"
#include "record/mailbox/name.h"

namespace hikyaku::mailbox {
namespace {

using Records = std::unordered_map<MailboxId, MailboxRecord>;

/// "a/b/c" of a mailbox, from the names of its levels. The walk is bounded, since damaged parents
/// could make a ring.
std::string path_of(const Records& records, MailboxId id) {
  std::string path;
  for (int depth = 0; depth < static_cast<int>(kNameOctetsMax); ++depth) {
    const auto found = records.find(id);
    if (found == records.end()) break;
    path = path.empty() ? found->second.info.name : found->second.info.name + "/" + path;
    id = found->second.parent;
    if (!id) return path;
  }
  // Why: a mailbox whose parent is damaged is shown, with its mail, instead of hidden.
  return fmt::format("lost+found/{}", path);
}

}  // namespace

void apply(const Delta& delta, State& state) {
  state.account = delta.account;
  state.account_value = delta.account_value;
  for (const auto& [id, box] : delta.boxes) {
    auto& place = state.boxes[id];
    const bool renamed = !place.info || place.info->name != box.info->name;
    if (renamed && place.info) {
      const auto old = state.names.find(place.info->name);
      if (old != state.names.end() && old->second == id) state.names.erase(old);
    }
    if (renamed && !box.dying) state.names[box.info->name] = id;
    place = box;
  }
  for (const MailboxId id : delta.erased) {
    const auto found = state.boxes.find(id);
    if (found == state.boxes.end()) continue;
    const auto name = state.names.find(found->second.info->name);
    if (name != state.names.end() && name->second == id) state.names.erase(name);
    state.boxes.erase(found);
  }
}

Result<LoadedState> load_state(const std::vector<store::KeyValue>& records) {
  LoadedState out;
  Records mailboxes;
  for (const auto& record : records) {
    const auto parsed = key::parse(record.key);
    if (!parsed) return retry_later("a mail record has a damaged key; run `hikyaku store check`");
    if (parsed->kind == key::kMailbox) {
      HK_ASSIGN(auto mailbox, decode_mailbox(parsed->mailbox, record.value));
      mailboxes.emplace(parsed->mailbox, std::move(mailbox));
    } else if (parsed->kind == key::kReferences) {
      HK_ASSIGN(auto block, decode_references(record.value));
      out.references.emplace(parsed->message.value >> 8, std::move(block));
    } else {
      HK_ASSIGN(out.state.account, decode_account(record.value));
      out.state.account_value = record.value;
    }
  }
  for (const auto& [id, record] : mailboxes) {
    auto info = std::make_shared<Info>(record.info);
    info->name = record.dying ? std::string{} : path_of(mailboxes, id);
    if (!record.dying) out.state.names[info->name] = id;
    out.state.boxes.emplace(id, Box{std::move(info), record.parent, record.tail, record.dying, {}});
  }
  return out;
}

std::string encode(const Box& box) {
  MailboxRecord record{*box.info, box.parent, box.tail, box.dying};
  record.info.name = std::string(level_of(box.info->name));
  return encode(record);
}

}  // namespace hikyaku::mailbox
