// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/task_scope.h"
#include "base/thread_pool.h"
#include "port/store/memory_store.h"
#include "record/directory/check.h"
#include "record/directory/directory.h"

namespace hikyaku::directory {

inline store::Outcome commit(store::Store& store, store::Txn txn) {
  auto wait = [](store::Store* s, store::Txn t) -> Task<store::Outcome> {
    co_return (co_await s->submit(std::move(t))).outcome;
  };
  return run_sync(wait(&store, std::move(txn)));
}

/// A pool that counts what it is given.
class CountingPool final : public Executor {
 public:
  void post(Work* chain) noexcept override {
    ++works_;
    threads_.post(chain);
  }
  [[nodiscard]] std::size_t works() const { return works_; }

 private:
  std::atomic<std::size_t> works_{0};
  ThreadPool threads_{1};
};

/// A directory of its own, in memory.
struct Site {
  store::MemoryStore store;
  CountingPool pool;
  ManualClock clock{UnixTime(std::chrono::days(20'000))};
  Directory directory{store, pool, clock};

  Account account(std::string address, std::string_view password = "secret") {
    auto made = run_sync(directory.add_account(std::move(address), Secret(password), "A Person"));
    EXPECT_TRUE(made.has_value()) << made.error().text;
    return made.value_or(Account{});
  }
  Status domain(std::string name) { return run_sync(directory.add_domain(std::move(name))); }
  Status alias(std::string address, std::vector<std::string> targets) {
    return run_sync(directory.add_alias({std::move(address), std::move(targets)}));
  }
  /// "not local", "unknown", or the targets and the tag, in one line.
  std::string look(std::string address) {
    const auto found = run_sync(directory.lookup(std::move(address)));
    if (!found) return "error: " + found.error().text;
    if (std::holds_alternative<NotLocal>(*found)) return "not local";
    if (std::holds_alternative<UnknownLocal>(*found)) return "unknown";
    const auto& targets = std::get<Targets>(*found);
    std::string out;
    for (const auto& one : targets.accounts) out += one.address + " ";
    for (const auto& one : targets.remote) out += "-> " + one + " ";
    if (!targets.tag.empty()) out += "tag " + targets.tag + " ";
    if (!out.empty()) out.pop_back();
    return out;
  }
  bool login(std::string address, std::string_view password) {
    const auto found = run_sync(directory.verify_password(std::move(address), Secret(password)));
    EXPECT_TRUE(found.has_value());
    return found.has_value() && found->has_value();
  }
  std::vector<store::Finding> check() { return run_sync(directory::check(&store)).value(); }
};

}  // namespace hikyaku::directory
