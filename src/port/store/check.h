// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/told.h"
#include "port/store/db.h"
#include "port/store/segments.h"

namespace hikyaku::store {

/// What `store check` found in the engine: bodies, who holds them, and the log's counters. What
/// records mean is checked by those who write them, over scan().
struct CheckReport {
  static constexpr std::size_t kProblemsMax = 1000;
  static constexpr std::size_t kHoldersMax = 100;  ///< of one body
  struct Problem {
    Told what;    ///< for the administrator
    Told repair;  ///< what a repair would do
    /// Of a body that can't be read: who links it, as they named themselves in Txn::link.
    std::vector<std::string> holders{};
  };
  std::uint64_t bodies = 0;
  std::uint64_t body_octets = 0;
  std::uint64_t holders = 0;
  std::uint64_t segments = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t dead_bytes = 0;  ///< of them, that collection can win
  std::uint64_t problem_count = 0;
  std::vector<Problem> problems;  ///< at most kProblemsMax
};

/// Called now and then with bodies read and bodies in all; false stops the check.
using CheckProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// Reads every body. Works beside commits. Blocks on disk for as long as that takes.
Result<CheckReport> check_engine(const Db& db, const Segments& segments,
                                 const CheckProgress& progress);

}  // namespace hikyaku::store
