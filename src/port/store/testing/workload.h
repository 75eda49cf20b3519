// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "port/store/store.h"

namespace hikyaku::store {

/// A long chain of transactions, all of it given by a seed: step i changes records, adds a body and
/// removes older ones, and checks that step i - 1 was the last. So after any crash the store has to
/// be exactly as it was after some step j, and j can't be below what was acknowledged.
class Workload {
 public:
  struct Sizes {
    std::size_t body_octets_max = 6000;
    std::size_t piece_octets = 20'000;  ///< of the bodies that are spilled
    std::size_t window = 8;             ///< steps that wait at a time
  };
  Workload(std::uint64_t seed, Sizes sizes) : seed_(seed), sizes_(sizes) {}

  /// Goes on from the step that verify() found, for so many steps or until one fails. Gives the
  /// last step that was acknowledged. `acknowledged` is told each.
  std::uint64_t run(Store& store, std::uint64_t steps,
                    const std::function<void(std::uint64_t)>& acknowledged = nullptr);

  /// How the store differs from what it was after any of the steps at or after `at_least`; empty
  /// when all is well. Finds out which step it was.
  std::string verify(Store& store, std::uint64_t at_least);

  [[nodiscard]] std::uint64_t last_step() const { return model_.step; }
  /// Why run() ended early.
  [[nodiscard]] const CommitResult& last_result() const { return last_result_; }

 private:
  /// What the records are after a step.
  struct Model {
    std::uint64_t step = 0;
    std::map<std::string, std::string> records;
    std::set<std::uint64_t> bodies;  ///< by the step that made them
  };
  struct Plan;

  [[nodiscard]] Plan plan(const Model& before) const;
  void advance(Model& model) const;
  [[nodiscard]] std::string octets_of(std::uint64_t step) const;
  Task<Result<Txn>> build(Store* store, const Model* before);
  Task<std::uint64_t> run_steps(Store* store, std::uint64_t steps,
                                const std::function<void(std::uint64_t)>* acknowledged);
  std::string verify_bodies(Store& store);

  std::uint64_t seed_;
  Sizes sizes_;
  Model model_;
  std::map<std::uint64_t, BodyId> ids_;
  CommitResult last_result_;
};

}  // namespace hikyaku::store
