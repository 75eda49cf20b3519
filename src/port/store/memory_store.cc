// SPDX-License-Identifier: Apache-2.0
#include "port/store/memory_store.h"

#include <algorithm>

#include "port/store/commit_state.h"

namespace hikyaku::store {
namespace {

constexpr std::string_view kInjected = "a failure that the test asked for";

}  // namespace

void MemoryStore::fail_at(std::uint64_t n) {
  const std::lock_guard lock(mutex_);
  fail_at_ = n == 0 ? 0 : operations_ + n;
  fail_from_ = 0;
}

void MemoryStore::fail_from(std::uint64_t n) {
  const std::lock_guard lock(mutex_);
  fail_from_ = operations_ + n;
}

void MemoryStore::conflict_at(std::uint64_t n) {
  const std::lock_guard lock(mutex_);
  conflict_at_ = commits_ + n;
}

void MemoryStore::unknown_at(std::uint64_t n, Happened happened) {
  const std::lock_guard lock(mutex_);
  unknown_at_ = commits_ + n;
  unknown_happened_ = happened;
}

void MemoryStore::hold_commits() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}

std::size_t MemoryStore::release_commits(std::size_t count) {
  Completions done;
  std::size_t released = 0;
  const std::lock_guard lock(mutex_);
  for (; released < count && !waiting_.empty(); ++released) {
    auto waiting = std::move(waiting_.front());
    waiting_.pop_front();
    done.add(std::move(waiting.state), evaluate(waiting.txn));
  }
  return released;
}

void MemoryStore::stop_holding() {
  while (release_commits(1) != 0) {
  }
  const std::lock_guard lock(mutex_);
  holding_ = false;
}

std::size_t MemoryStore::held_commits() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::uint64_t MemoryStore::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

std::size_t MemoryStore::live_bodies() const {
  const std::lock_guard lock(mutex_);
  return bodies_.size();
}

std::map<std::string, std::string> MemoryStore::dump() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

bool MemoryStore::fails_now() {
  ++operations_;
  return operations_ == fail_at_ || (fail_from_ != 0 && operations_ >= fail_from_);
}

Commit MemoryStore::submit(Txn txn) {
  auto state = std::make_shared<Commit::State>();
  Completions done;
  const std::lock_guard lock(mutex_);
  if (holding_)
    waiting_.push_back({std::move(txn), state});
  else
    done.add(state, evaluate(txn));
  return Commit(std::move(state));
}

CommitResult MemoryStore::evaluate(Txn& txn) {
  ++commits_;
  if (fails_now()) return {Outcome::kFailed, std::string(kInjected)};
  if (auto shape = validate(txn); !shape) return {Outcome::kFailed, std::move(shape).error().text};
  if (commits_ == conflict_at_) return {Outcome::kConflict, {}};
  const bool unknown = commits_ == unknown_at_;
  if (unknown && unknown_happened_ == Happened::kNo)
    return {Outcome::kUnknown, std::string(kInjected)};
  auto result = apply(txn);
  if (unknown) return {Outcome::kUnknown, std::string(kInjected)};
  return result;
}

CommitResult MemoryStore::apply(Txn& txn) {
  for (const auto& check : txn.checks) {
    const auto found = records_.find(check.key);
    const bool holds = check.value ? found != records_.end() && found->second == *check.value
                                   : found == records_.end();
    if (!holds) return {Outcome::kConflict, {}};
  }
  for (const auto& write : txn.writes) {
    if (write.kind != Write::Kind::kLink || bodies_.contains(write.body)) continue;
    if (std::ranges::find(txn.bodies, write.body, &Body::id) == txn.bodies.end())
      return {Outcome::kConflict, "the body is gone"};
  }
  for (const auto& write : txn.writes) {
    if (write.kind != Write::Kind::kAdd) continue;
    const auto found = records_.find(write.key);
    if (found != records_.end() && !add_to_counter(found->second, write.value))
      return {Outcome::kFailed, std::string(kDamagedCounter)};
  }
  for (auto& write : txn.writes) apply_write(write, txn);
  std::erase_if(bodies_, [](const auto& entry) { return entry.second.holders.empty(); });
  if (!txn.token.empty()) tokens_.insert(std::move(txn.token));
  return {Outcome::kCommitted, {}};
}

void MemoryStore::apply_write(Write& write, Txn& txn) {
  switch (write.kind) {
    case Write::Kind::kPut: records_[write.key] = std::move(write.value); break;
    case Write::Kind::kErase: records_.erase(write.key); break;
    case Write::Kind::kEraseRange:
      if (write.key < write.value)
        records_.erase(records_.lower_bound(write.key), records_.lower_bound(write.value));
      break;
    case Write::Kind::kAdd: {
      const auto found = records_.find(write.key);
      records_[write.key] =
          add_to_counter(found == records_.end() ? std::nullopt : std::optional(found->second),
                         write.value)
              .value_or(write.value);
      break;
    }
    case Write::Kind::kLink: {
      auto [place, fresh] = bodies_.try_emplace(write.body);
      if (fresh)
        place->second.octets = octets_of(*std::ranges::find(txn.bodies, write.body, &Body::id));
      place->second.holders.insert(std::move(write.value));
      break;
    }
    case Write::Kind::kUnlink:
      if (const auto found = bodies_.find(write.body); found != bodies_.end())
        found->second.holders.erase(write.value);
      break;
  }
}

std::string MemoryStore::octets_of(const Body& body) const {
  std::string octets = body.front();
  for (const auto& extent : body.spilled()) octets += pieces_[extent.position];
  return octets + body.tail();
}

Task<Result<bool>> MemoryStore::resolve(Token token) {
  const std::lock_guard lock(mutex_);
  co_return tokens_.contains(token);
}

Task<Result<std::vector<std::optional<std::string>>>> MemoryStore::get(
    std::vector<std::string> keys) {
  const std::lock_guard lock(mutex_);
  if (fails_now()) co_return retry_later(std::string(kInjected));
  std::vector<std::optional<std::string>> values(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (const auto found = records_.find(keys[i]); found != records_.end())
      values[i] = found->second;
  co_return values;
}

Task<Result<std::vector<KeyValue>>> MemoryStore::scan(std::string begin, std::string end,
                                                      std::size_t limit, Direction direction) {
  const std::lock_guard lock(mutex_);
  if (fails_now()) co_return retry_later(std::string(kInjected));
  std::vector<KeyValue> out;
  if (begin >= end) co_return out;
  auto first = records_.lower_bound(begin);
  auto last = records_.lower_bound(end);
  while (first != last && out.size() < limit) {
    const auto here = direction == Direction::kForward ? first++ : --last;
    out.push_back({here->first, here->second});
  }
  co_return out;
}

Body MemoryStore::new_body() {
  const std::lock_guard lock(mutex_);
  return Body(BodyId(next_body_++));
}

Task<Status> MemoryStore::spill(Body* body) {
  const std::lock_guard lock(mutex_);
  if (fails_now()) co_return retry_later(std::string(kInjected));
  if (body->tail().empty()) co_return Status{};
  const Body::Extent extent{pieces_.size(), body->tail().size(), 0};
  pieces_.push_back(body->tail());
  body->tail_spilled_to(extent, nullptr);
  co_return Status{};
}

Task<Result<std::string>> MemoryStore::read_body(BodyId body, std::uint64_t offset,
                                                 std::uint64_t length) {
  const std::lock_guard lock(mutex_);
  if (fails_now()) co_return retry_later(std::string(kInjected));
  const auto found = bodies_.find(body);
  if (found == bodies_.end())
    co_return retry_later("a body is not there; run `hikyaku store check`");
  const auto& octets = found->second.octets;
  if (offset >= octets.size()) co_return std::string{};
  co_return octets.substr(offset, length);
}

Task<Status> MemoryStore::flush() {
  const std::lock_guard lock(mutex_);
  if (fails_now()) co_return retry_later(std::string(kInjected));
  co_return Status{};
}

}  // namespace hikyaku::store
