// SPDX-License-Identifier: Apache-2.0
// What a session pays for a mailbox of 100,000 messages over the embedded engine, and how fast mail
// comes into one account. The disk's part (one sync a commit) is told apart by `null_commit`.
#include <benchmark/benchmark.h>

#include "base/heap.h"
#include "base/task_scope.h"
#include "port/store/rocksdb_store.h"
#include "port/store/testing/temporary_directory.h"
#include "record/mailbox/mailbox.h"

namespace hikyaku::mailbox {
namespace {

constexpr AccountId kAccount{1};
constexpr MailboxId kInbox{1};
constexpr std::size_t kMessages = 100'000;
constexpr std::size_t kDistinct = 10'000;  ///< the others are copies

template <class T>
T must(Result<T> result) {
  HK_ASSERT(result.has_value());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

class Site {
 public:
  Site() {
    store::RocksDbStore::Options options;
    options.directory = directory_.path();
    store = must(store::RocksDbStore::open(options));
    restart();
  }

  void restart() {
    account = nullptr;
    mailboxes = std::make_unique<Mailboxes>(*store, hints, clock);
    account = must(run_sync(mailboxes->open(kAccount)));
  }

  Task<void> deliver_many(AccountPtr to, std::size_t count, std::size_t octets) {
    for (std::size_t i = 0; i < count; ++i) {
      auto body = store->new_body();
      body.append(std::string(octets, 'm'));
      Message message;
      message.body = body.id();
      message.size = octets;
      message.envelope = std::string(600, 'e');
      message.structure = std::string(300, 's');
      store::Txn with;
      with.with(std::move(body));
      std::vector<Target> targets;
      targets.push_back({to, {{}, 0, {}, std::move(message)}});
      must(co_await mailboxes->deliver(std::move(targets), std::move(with)));
    }
  }

  void deliver(std::size_t count, std::size_t octets, std::size_t connections) {
    run_sync([](Site* site, std::size_t n, std::size_t size, std::size_t lanes) -> Task<void> {
      TaskScope scope;
      for (std::size_t i = 0; i < lanes; ++i)
        scope.spawn(site->deliver_many(site->account, n / lanes, size));
      co_await scope.join();
    }(this, count, octets, connections));
  }

  [[nodiscard]] View view() const { return must(run_sync(account->view(kInbox))); }

 private:
  store::TemporaryDirectory directory_;

 public:
  std::unique_ptr<store::RocksDbStore> store;
  store::Hints hints;
  SystemClock clock;
  std::unique_ptr<Mailboxes> mailboxes;
  AccountPtr account;
};

/// One site with the large mailbox for all benchmarks that only need it.
Site& large() {
  static const auto site = [] {
    auto made = std::make_unique<Site>();
    made->deliver(kDistinct, 500, 200);
    std::vector<Uid> all;
    for (std::uint32_t uid = 1; uid <= kDistinct; ++uid) all.emplace_back(uid);
    for (std::size_t i = kDistinct; i < kMessages; i += kDistinct)
      must(run_sync(made->account->copy(kInbox, all, kInbox)));
    must(run_sync(made->store->flush()));
    return made;
  }();
  return *site;
}

void select_from_store(benchmark::State& state) {
  auto& site = large();
  for (auto _ : state) {
    site.restart();
    benchmark::DoNotOptimize(site.view());
  }
}
BENCHMARK(select_from_store)->Unit(benchmark::kMillisecond);

void select_shared(benchmark::State& state) {
  auto& site = large();
  benchmark::DoNotOptimize(site.view());
  for (auto _ : state) benchmark::DoNotOptimize(site.view());
}
BENCHMARK(select_shared)->Unit(benchmark::kMicrosecond);

/// The same commit without any change: what the disk takes.
void null_commit(benchmark::State& state) {
  auto& site = large();
  for (auto _ : state) {
    run_sync([](Site* s) -> Task<void> {
      co_await s->store->submit(store::Txn().put("Z-bench", "x"));
    }(&site));
  }
}
BENCHMARK(null_commit)->Unit(benchmark::kMillisecond);

void store_flags(benchmark::State& state) {
  auto& site = large();
  std::vector<Uid> uids;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(state.range(0)); ++i)
    uids.emplace_back(20'001 + i);
  bool add = true;
  for (auto _ : state) {
    must(run_sync(site.account->change_flags(
        kInbox, uids, add ? FlagChange::kAdd : FlagChange::kRemove, kFlagged, {}, {})));
    add = !add;
  }
}
BENCHMARK(store_flags)->Arg(1)->Arg(10'000)->Unit(benchmark::kMillisecond);

void read_messages(benchmark::State& state) {
  auto& site = large();
  const auto view = site.view();
  std::vector<MessageId> ids;
  view.index->for_each(0, kDistinct,
                       [&](std::size_t, const Entry& entry) { ids.push_back(entry.message); });
  for (auto _ : state) benchmark::DoNotOptimize(must(run_sync(site.account->messages(ids))));
}
BENCHMARK(read_messages)->Unit(benchmark::kMillisecond);

void deliver(benchmark::State& state) {
  Site site;
  constexpr std::size_t kEach = 2'000;
  for (auto _ : state) site.deliver(kEach, 4'096, static_cast<std::size_t>(state.range(0)));
  state.SetItemsProcessed(static_cast<std::int64_t>(kEach) * state.iterations());
}
BENCHMARK(deliver)->Arg(1)->Arg(20)->Arg(200)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace hikyaku::mailbox

int main(int argc, char** argv) {
  hikyaku::keep_freed_memory();  // as the server does
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
