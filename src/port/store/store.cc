// SPDX-License-Identifier: Apache-2.0
#include "port/store/store.h"

#include <fmt/format.h>

#include "base/codec.h"
#include "port/store/commit_state.h"

namespace hikyaku::store {

Txn& Txn::check(std::string key, std::optional<std::string> value) {
  checks.push_back({std::move(key), std::move(value)});
  return *this;
}
Txn& Txn::put(std::string key, std::string value) {
  writes.push_back({Write::Kind::kPut, std::move(key), std::move(value), {}});
  return *this;
}
Txn& Txn::erase(std::string key) {
  writes.push_back({Write::Kind::kErase, std::move(key), {}, {}});
  return *this;
}
Txn& Txn::erase_range(std::string begin, std::string end) {
  writes.push_back({Write::Kind::kEraseRange, std::move(begin), std::move(end), {}});
  return *this;
}
Txn& Txn::add(std::string key, std::int64_t delta) {
  Encoder value;
  value.u64(static_cast<std::uint64_t>(delta));
  writes.push_back({Write::Kind::kAdd, std::move(key), std::move(value).take(), {}});
  return *this;
}
Txn& Txn::link(BodyId body, std::string holder) {
  writes.push_back({Write::Kind::kLink, {}, std::move(holder), body});
  return *this;
}
Txn& Txn::unlink(BodyId body, std::string holder) {
  writes.push_back({Write::Kind::kUnlink, {}, std::move(holder), body});
  return *this;
}
Txn& Txn::with(Body body) {
  bodies.push_back(std::move(body));
  return *this;
}

Error CommitResult::failure(std::string_view context) const {
  return Error{Remedy::kRetryLater, error, cause}.in(context);
}

bool Commit::await_ready() const noexcept {
  return state_->phase.load(std::memory_order_acquire) == State::Phase::kDone;
}

bool Commit::await_suspend(std::coroutine_handle<> handle) {
  state_->handle = handle;
  state_->executor = Executor::current();
  HK_ASSERT(state_->executor != nullptr);
  auto expected = State::Phase::kPending;
  return state_->phase.compare_exchange_strong(expected, State::Phase::kAwaited,
                                               std::memory_order_acq_rel);
}

CommitResult Commit::await_resume() { return std::move(state_->result); }

void Completions::add(std::shared_ptr<Commit::State> state, CommitResult result) {
  state->result = std::move(result);
  if (state->phase.exchange(Commit::State::Phase::kDone, std::memory_order_acq_rel) !=
      Commit::State::Phase::kAwaited)
    return;
  state->next = nullptr;
  Work* work = state.get();
  Executor* executor = state->executor;
  held_.push_back(std::move(state));
  for (auto& chain : chains_) {
    if (chain.executor != executor) continue;
    chain.tail->next = work;
    chain.tail = work;
    return;
  }
  chains_.push_back({executor, work, work});
}

void Completions::post() {
  for (const auto& chain : chains_) chain.executor->post(chain.head);
  chains_.clear();
  held_.clear();
}

namespace {

Status validate_key(std::string_view key) {
  if (key < kFirstRecordKey) return permanent("a record's key begins below 0x20");
  if (key.size() > kKeyBytesMax)
    return permanent(
        fmt::format("a key of {} bytes is over the limit of {}", key.size(), kKeyBytesMax));
  return {};
}

}  // namespace

Status validate(const Txn& txn) {
  std::size_t bytes = 0;
  for (const auto& check : txn.checks) {
    HK_TRY(validate_key(check.key));
    bytes += check.key.size() + (check.value ? check.value->size() : 0);
  }
  for (const auto& write : txn.writes) {
    const bool holder = write.kind == Write::Kind::kLink || write.kind == Write::Kind::kUnlink;
    HK_TRY(validate_key(holder ? write.value : write.key));
    if (holder && !write.body) return permanent("a link without a body");
    if (write.kind == Write::Kind::kAdd && write.value.size() != sizeof(std::uint64_t))
      return permanent("a delta is not 8 octets long");
    if (write.value.size() > kValueBytesMax)
      return permanent(fmt::format("a value of {} bytes is over the limit of {}",
                                   write.value.size(), kValueBytesMax));
    bytes += write.key.size() + write.value.size();
  }
  if (bytes > kTxnBytesMax)
    return permanent(
        fmt::format("a transaction of {} bytes is over the limit of {}", bytes, kTxnBytesMax));
  return {};
}

std::optional<std::string> add_to_counter(const std::optional<std::string>& value,
                                          std::string_view delta) {
  std::uint64_t sum = Decoder(delta).u64();
  if (value) {
    Decoder in(*value);
    sum += in.u64();
    if (!in.ok() || !in.at_end()) return std::nullopt;
  }
  Encoder out;
  out.u64(sum);
  return std::move(out).take();
}

Task<Result<std::optional<std::string>>> get_one(Store* store, std::string key) {
  std::vector<std::string> keys;
  keys.push_back(std::move(key));
  HK_CO_ASSIGN(auto values, co_await store->get(std::move(keys)));
  co_return std::move(values.front());
}

std::string prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  // Longer than any key: nothing comes after a prefix of 0xff alone.
  if (end.empty()) return std::string(kKeyBytesMax + 1, '\xff');
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace hikyaku::store
