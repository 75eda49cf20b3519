// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>
#include <vector>

#include "port/store/store.h"

namespace hikyaku::store {

/// What a waiter and an engine share about one submitted transaction.
///
/// Threads: the engine finishes it once, on any thread; one coroutine awaits it.
struct Commit::State : ResumeWork {
  enum class Phase : unsigned char { kPending, kAwaited, kDone };
  std::atomic<Phase> phase{Phase::kPending};
  Executor* executor = nullptr;  ///< of the awaiter; set before kAwaited
  CommitResult result;           ///< set before kDone
};

/// What the submitter of a transaction is told when something in the engine failed.
[[nodiscard]] inline CommitResult failed(Error error) {
  return {Outcome::kFailed, std::move(error.text), error.cause};
}

/// Collects finished transactions, and hands each executor all of its waiters in one chain.
class Completions {
 public:
  Completions() = default;
  Completions(const Completions&) = delete;
  Completions& operator=(const Completions&) = delete;
  ~Completions() { post(); }

  void add(std::shared_ptr<Commit::State> state, CommitResult result);
  void post();

 private:
  struct Chain {
    Executor* executor;
    Work* head;
    Work* tail;
  };
  std::vector<Chain> chains_;
  /// Why: a state must outlive the hand-over, even when its waiter resumes and dies meanwhile.
  std::vector<std::shared_ptr<Commit::State>> held_;
};

/// What is wrong with a transaction's shape, for every engine alike: keys outside the records' part
/// of the key space (a first octet below 0x20 is the engine's), or over a limit.
[[nodiscard]] Status validate(const Txn& txn);

/// The counter that a kAdd changes: nullopt when `value` is no counter.
[[nodiscard]] std::optional<std::string> add_to_counter(const std::optional<std::string>& value,
                                                        std::string_view delta);

/// The answer to a kAdd on something else than a counter.
inline constexpr std::string_view kDamagedCounter =
    "a counter is damaged; run `hikyaku store check`";

/// First octet of the first key that records may use.
inline constexpr std::string_view kFirstRecordKey = " ";

}  // namespace hikyaku::store
