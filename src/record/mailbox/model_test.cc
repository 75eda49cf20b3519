// SPDX-License-Identifier: Apache-2.0
// Goal: whatever happens to an account, in whatever order, with restarts in between, it looks like
// a naive model that keeps everything in plain lists.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "record/mailbox/testing/describe.h"
#include "record/mailbox/testing/rig.h"

namespace hikyaku::mailbox {
namespace {

using testing::describe;
using testing::must;
using testing::Rig;

struct ModelMessage {
  std::uint32_t uid = 0;
  std::uint32_t flags = 0;
  std::set<std::string> keywords;
  std::string content;
};

struct ModelMailbox {
  std::uint32_t next = 1;
  bool subscribed = false;
  std::vector<ModelMessage> messages;
};

/// INBOX and other mailboxes without levels.
class Model {
 public:
  std::map<std::string, ModelMailbox> boxes{{"INBOX", {1, true, {}}}};
  std::set<std::string> bare;  ///< removed, and still subscribed

  [[nodiscard]] std::string describe() const {
    std::uint64_t octets = 0;
    std::string out = describe_box("INBOX", octets);
    std::map<std::string, std::string> others;
    for (const auto& name : bare)
      others[name] = fmt::format(
          "{} use=0 subscribed=true select=false next=1 n=0 unseen=0 deleted=0 octets=0\n", name);
    for (const auto& [name, box] : boxes)
      if (name != "INBOX") others[name] = describe_box(name, octets);
    for (const auto& [name, text] : others) out += text;
    return fmt::format("octets {}\n", octets) + out;
  }

 private:
  [[nodiscard]] std::string describe_box(const std::string& name, std::uint64_t& total) const {
    const auto& box = boxes.at(name);
    std::size_t unseen = 0, deleted = 0, octets = 0;
    std::string lines;
    for (const auto& message : box.messages) {
      unseen += (message.flags & kSeen) == 0 ? 1 : 0;
      deleted += (message.flags & kDeleted) != 0 ? 1 : 0;
      octets += message.content.size();
      lines += fmt::format("  {} {} (envelope of {})", message.uid, message.flags, message.content);
      for (const auto& keyword : message.keywords) lines += " " + keyword;
      lines += "\n";
    }
    total += octets;
    return fmt::format(
               "{} use=0 subscribed={} select=true next={} n={} unseen={} deleted={} "
               "octets={}\n",
               name, box.subscribed, box.next, box.messages.size(), unseen, deleted, octets) +
           lines;
  }
};

/// Does the same to an account and to the model.
class Pair {
 public:
  explicit Pair(unsigned seed) : random_(seed), account_(rig_.open()) {}

  void step() {
    switch (number(14)) {
      case 0:
      case 1:
      case 2:
      case 3: return deliver();
      case 4:
      case 5: return flags();
      case 6: return expunge();
      case 7: return erase();
      case 8:
      case 9: return transfer();
      case 10: return make();
      case 11: return number(3) == 0 ? remove() : rename();
      case 12: return subscribe();
      default: return restart();
    }
  }

  void compare() {
    ASSERT_EQ(describe(account_), model_.describe());
    ASSERT_EQ(rig_.problems(), "");
  }

 private:
  unsigned number(unsigned below) { return static_cast<unsigned>(random_() % below); }

  std::string some_box() {
    auto at = model_.boxes.begin();
    std::advance(at, number(static_cast<unsigned>(model_.boxes.size())));
    return at->first;
  }
  MailboxId id_of(const std::string& name) {
    return must(run_sync(account_->find(name))).value().id;
  }
  std::vector<std::string> some_keywords() {
    std::vector<std::string> out;
    for (unsigned i = number(3); i != 0; --i) out.push_back(fmt::format("key{}", number(5)));
    return out;
  }
  /// Now and then all, a run, or a few; and some that are not there.
  std::vector<Uid> some_uids(const ModelMailbox& box) {
    std::vector<Uid> out;
    const unsigned how = number(4);
    const unsigned from = number(box.next), length = number(box.next);
    for (std::uint32_t uid = 1; uid <= box.next; ++uid)
      if (how == 0 || (how == 1 && uid >= from && uid < from + length) ||
          (how == 2 && number(10) == 0) || (how == 3 && number(300) == 0))
        out.emplace_back(uid);
    if (number(5) == 0) std::ranges::shuffle(out, random_);
    return out;
  }
  static bool has(const std::vector<Uid>& uids, std::uint32_t uid) {
    return std::ranges::find(uids, Uid(uid)) != uids.end();
  }

  void deliver() {
    const auto name = some_box();
    auto& box = model_.boxes[name];
    const auto id = number(2) == 0 ? id_of(name) : must(run_sync(account_->find(name)))->id;
    for (unsigned i = number(40); i != 0; --i) {
      ModelMessage message{box.next++, number(32), {}, fmt::format("message {}", ++contents_)};
      const auto keywords = some_keywords();
      message.keywords.insert(keywords.begin(), keywords.end());
      const auto placed =
          must(rig_.deliver(account_, message.content, id, message.flags, keywords));
      ASSERT_EQ(placed.uid, Uid(message.uid));
      box.messages.push_back(std::move(message));
    }
  }

  void flags() {
    const auto name = some_box();
    auto& box = model_.boxes[name];
    const auto uids = some_uids(box);
    const auto how = static_cast<FlagChange>(number(3));
    const auto bits = number(32);
    const auto keywords = some_keywords();
    const auto result =
        must(run_sync(account_->change_flags(id_of(name), uids, how, bits, keywords, {})));
    std::vector<Uid> changed;
    for (auto& message : box.messages) {
      if (!has(uids, message.uid)) continue;
      const auto before = std::pair(message.flags, message.keywords);
      if (how == FlagChange::kSet) message.flags = 0, message.keywords.clear();
      if (how == FlagChange::kRemove) {
        message.flags &= ~bits;
        for (const auto& keyword : keywords) message.keywords.erase(keyword);
      } else {
        message.flags |= bits;
        message.keywords.insert(keywords.begin(), keywords.end());
      }
      if (before != std::pair(message.flags, message.keywords)) changed.emplace_back(message.uid);
    }
    ASSERT_EQ(result.changed, changed);
  }

  void expunge() {
    const auto name = some_box();
    auto& box = model_.boxes[name];
    const bool all = number(2) == 0;
    const auto uids = some_uids(box);
    auto gone =
        must(run_sync(account_->expunge(id_of(name), all ? std::nullopt : std::optional(uids))));
    std::vector<Uid> expected;
    std::erase_if(box.messages, [&](const ModelMessage& message) {
      if ((message.flags & kDeleted) == 0 || (!all && !has(uids, message.uid))) return false;
      expected.emplace_back(message.uid);
      return true;
    });
    ASSERT_EQ(gone, expected);
  }

  void erase() {
    const auto name = some_box();
    auto& box = model_.boxes[name];
    if (number(3) != 0) return;
    const auto uids = some_uids(box);
    must(run_sync(account_->erase(id_of(name), uids)));
    std::erase_if(box.messages, [&](const ModelMessage& m) { return has(uids, m.uid); });
  }

  void transfer() {
    const auto from = some_box(), to = some_box();
    auto& source = model_.boxes[from];
    const bool moves = number(2) == 0;
    auto uids = some_uids(source);
    if (!moves && model_.boxes[to].messages.size() > 3'000) return;
    const auto from_id = id_of(from), to_id = id_of(to);
    const auto result = must(run_sync(moves ? account_->move(from_id, uids, to_id)
                                            : account_->copy(from_id, uids, to_id)));
    std::vector<ModelMessage> taken;
    for (const auto& message : source.messages)
      if (has(uids, message.uid)) taken.push_back(message);
    if (moves) std::erase_if(source.messages, [&](const auto& m) { return has(uids, m.uid); });
    auto& target = model_.boxes[to];
    std::vector<Uid> expected;
    for (auto& message : taken) {
      message.uid = target.next++;
      expected.emplace_back(message.uid);
      target.messages.push_back(message);
    }
    ASSERT_EQ(result.to, expected);
  }

  void make() {
    const auto name = fmt::format("box{}", number(6));
    const auto made = run_sync(account_->create(name, SpecialUse::kNone));
    ASSERT_EQ(made.has_value(), model_.boxes.try_emplace(name).second);
    if (made) take_subscription(name);
  }
  /// A mailbox has this name again.
  void take_subscription(const std::string& name) {
    if (model_.bare.erase(name) != 0) model_.boxes[name].subscribed = true;
  }
  void remove() {
    const auto name = some_box();
    const auto removed = run_sync(account_->remove(name));
    ASSERT_EQ(removed.has_value(), name != "INBOX");
    if (!removed) return;
    if (model_.boxes[name].subscribed) model_.bare.insert(name);
    model_.boxes.erase(name);
  }
  void rename() {
    const auto from = some_box(), to = fmt::format("box{}", number(6));
    const auto renamed = run_sync(account_->rename(from, to));
    ASSERT_EQ(renamed.has_value(), !model_.boxes.contains(to));
    if (!renamed) return;
    if (from == "INBOX") {
      // To a new mailbox, whose UIDs begin at 1.
      auto& target = model_.boxes[to];
      target.messages = std::exchange(model_.boxes["INBOX"].messages, {});
      for (auto& message : target.messages) message.uid = target.next++;
      take_subscription(to);
      return;
    }
    auto node = model_.boxes.extract(from);
    node.key() = to;
    if (std::exchange(node.mapped().subscribed, false)) model_.bare.insert(from);
    model_.boxes.insert(std::move(node));
    take_subscription(to);
  }
  void subscribe() {
    if (!model_.bare.empty() && number(4) == 0) {
      const std::string gone = *model_.bare.begin();
      must(run_sync(account_->subscribe(gone, false)));
      model_.bare.erase(gone);
      return;
    }
    const auto name = some_box();
    const bool wanted = number(2) == 0;
    must(run_sync(account_->subscribe(name, wanted)));
    model_.boxes[name].subscribed = wanted;
  }
  void restart() {
    account_ = nullptr;
    rig_.restart();
    account_ = rig_.open();
  }

  Rig rig_;
  Model model_;
  std::mt19937 random_;
  AccountPtr account_;
  unsigned contents_ = 0;
};

class MailboxModel : public ::testing::TestWithParam<unsigned> {};

TEST_P(MailboxModel, LooksTheSame) {
  Pair pair(GetParam());
  for (int i = 0; i < 200; ++i) {
    ASSERT_NO_FATAL_FAILURE(pair.step()) << "step " << i;
    if (i % 10 == 0) ASSERT_NO_FATAL_FAILURE(pair.compare()) << "after step " << i;
  }
  pair.compare();
}

INSTANTIATE_TEST_SUITE_P(Seeds, MailboxModel, ::testing::Range(1U, 9U));

}  // namespace
}  // namespace hikyaku::mailbox
