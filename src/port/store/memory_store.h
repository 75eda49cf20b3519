// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

#include "port/store/store.h"

namespace hikyaku::store {

/// The store in memory, for tests: the same contract, nothing kept, and faults on demand.
///
/// Operations are counted from 1: each submit, get, scan, spill, read_body, flush. A failure walk
/// is
///     for (n = 1; ; ++n) { MemoryStore s; s.fail_at(n); run(); if (s.operations() < n) break; }
/// Stricter than the others in one thing: a body dies with its last holder at once, so that a use
/// after that is found.
/// Threads: any.
class MemoryStore final : public Store {
 public:
  MemoryStore() = default;

  /// The n-th operation from now fails: kFailed for a commit, kRetryLater for the others.
  void fail_at(std::uint64_t n);
  /// All operations from the n-th from now on fail, until fail_at(0).
  void fail_from(std::uint64_t n);
  /// The n-th commit from now is refused with kConflict, whatever its checks say.
  void conflict_at(std::uint64_t n);
  /// The n-th commit from now gets kUnknown.
  enum class Happened : unsigned char { kNo, kYes };
  void unknown_at(std::uint64_t n, Happened happened);

  /// From now on commits wait, neither evaluated nor visible, until they are released.
  void hold_commits();
  /// Evaluates and completes the next `count` waiting commits, in order. Gives how many it were.
  std::size_t release_commits(std::size_t count);
  /// Releases all, and holds no more.
  void stop_holding();
  [[nodiscard]] std::size_t held_commits() const;

  [[nodiscard]] std::uint64_t operations() const;
  /// Bodies that have a holder.
  [[nodiscard]] std::size_t live_bodies() const;
  /// Everything there is, for comparing.
  [[nodiscard]] std::map<std::string, std::string> dump() const;

  Commit submit(Txn txn) override;
  Task<Result<bool>> resolve(Token token) override;
  Task<Result<std::vector<std::optional<std::string>>>> get(std::vector<std::string> keys) override;
  Task<Result<std::vector<KeyValue>>> scan(std::string begin, std::string end, std::size_t limit,
                                           Direction direction) override;
  [[nodiscard]] Body new_body() override;
  Task<Status> spill(Body* body) override;
  Task<Result<std::string>> read_body(BodyId body, std::uint64_t offset,
                                      std::uint64_t length) override;
  Task<Status> flush() override;

 private:
  struct Waiting {
    Txn txn;
    std::shared_ptr<Commit::State> state;
  };
  struct StoredBody {
    std::string octets;
    std::set<std::string> holders;
  };

  bool fails_now();
  CommitResult evaluate(Txn& txn);
  CommitResult apply(Txn& txn);
  void apply_write(Write& write, Txn& txn);
  [[nodiscard]] std::string octets_of(const Body& body) const;

  mutable std::mutex mutex_;
  std::map<std::string, std::string> records_;
  std::unordered_map<BodyId, StoredBody> bodies_;
  std::vector<std::string> pieces_;  ///< of spilled bodies; an extent's position is the index
  std::set<Token> tokens_;
  std::deque<Waiting> waiting_;
  bool holding_ = false;
  std::uint64_t next_body_ = 1;
  std::uint64_t operations_ = 0;
  std::uint64_t commits_ = 0;
  std::uint64_t fail_at_ = 0;
  std::uint64_t fail_from_ = 0;
  std::uint64_t conflict_at_ = 0;
  std::uint64_t unknown_at_ = 0;
  Happened unknown_happened_ = Happened::kNo;
};

}  // namespace hikyaku::store
