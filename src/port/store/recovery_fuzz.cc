// SPDX-License-Identifier: Apache-2.0
// Property: whatever happened to the files of the log, the store is refused with a reason, or holds
// what one of the commits left and works; a body is whole or said to be damaged.
// The input: orders of 8 octets each of what is done to the log of a crashed store.
#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/codec.h"
#include "base/event.h"
#include "base/task_scope.h"
#include "port/store/testing/sim_store.h"
#include "port/store/testing/wait.h"

namespace {

using namespace hikyaku;  // NOLINT: the whole file is about it
using namespace hikyaku::store;

constexpr int kCommits = 9;
constexpr std::size_t kOrdersMax = 16;

void require(bool holds) {
  if (!holds) std::abort();
}

RocksDbStore::Options options() {
  auto out = small_options("/sim");
  out.first_segment_bytes = out.segment_bytes = 4 << 10;
  out.maintenance_interval = std::chrono::hours(1);
  out.io_threads = 1;
  return out;
}

std::string octets_of(int commit) {
  return std::string(static_cast<std::size_t>(commit * 97), static_cast<char>('a' + commit));
}
std::string key_of(int commit) { return fmt::format("K{}", commit); }

/// A store after some commits in several segments, as a crash leaves it.
class Crashed {
 public:
  Crashed() {
    SimDisk disk;
    SimStore sim(disk, options());
    require(sim.store != nullptr);
    for (int i = 1; i <= kCommits; ++i) {
      auto [id, txn] = body_txn(*sim.store, octets_of(i), key_of(i));
      txn.put(key_of(i), std::to_string(i)).put("Klast", std::to_string(i));
      require(commit_now(*sim.store, std::move(txn)) == Outcome::kCommitted);
      bodies.push_back(id);
    }
    disk_ = disk.copy();
    names = *disk_->list("/sim/log");
  }
  [[nodiscard]] std::unique_ptr<SimDisk> copy() const { return disk_->copy(); }

  std::vector<std::string> names;
  std::vector<BodyId> bodies;

 private:
  std::unique_ptr<SimDisk> disk_;
};

void obey(SimDisk& disk, const std::vector<std::string>& names, Decoder& orders) {
  const auto path = "/sim/log/" + names[orders.u8() % names.size()];
  const auto what = orders.u8();
  const std::size_t a = orders.u16();
  const std::size_t b = orders.u16();
  const auto length = orders.u8();
  const auto octet = static_cast<char>(orders.u8());
  const auto node = disk.open_node(SimDisk::Side::kLog, path, Files::Mode::kWrite);
  if (!node) return;
  auto data = (*node)->data.all();
  if (data.empty()) return;
  switch (what % 7) {
    case 0: data[a % data.size()] = static_cast<char>(data[a % data.size()] ^ octet); break;
    case 1: data.resize(a % data.size()); break;
    case 2: data.append(length, octet); break;
    case 3: data.replace(a % data.size(), length, length, '\0'); break;
    case 4: data.insert(a % data.size(), data.substr(b % data.size(), length)); break;
    case 5: data.replace(a % data.size(), length, data.substr(b % data.size(), length)); break;
    default:
      if (a % 2 == 0)
        std::ignore = disk.rename(path, "/sim/log/" + names[b % names.size()]);
      else
        std::ignore = disk.remove(path);
  }
  (*node)->data = (*node)->synced = SimContent(data);
}

/// What is there is what one of the commits left.
void check(RocksDbStore& store, const std::vector<BodyId>& bodies) {
  const auto found = *run_sync(store.scan("K", "L", 1000, Direction::kForward));
  const int last = found.empty() ? 0 : std::stoi(found.back().value);
  require(last <= kCommits && found.size() == static_cast<std::size_t>(last == 0 ? 0 : last + 1));
  for (int i = 1; i <= last; ++i) {
    require(found[static_cast<std::size_t>(i - 1)].key == key_of(i));
    const auto octets =
        run_sync(store.read_body(bodies[static_cast<std::size_t>(i - 1)], 0, UINT64_MAX));
    require(octets ? *octets == octets_of(i) : !octets.error().text.empty());
  }
  require(run_sync(store.check(nullptr)).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  event::configure(event::Level::kError, event::Format::kLogfmt);
  static const Crashed crashed;
  const auto disk = crashed.copy();
  Decoder orders({reinterpret_cast<const char*>(data), size});
  for (std::size_t i = 0; i < kOrdersMax && !orders.at_end(); ++i)
    obey(*disk, crashed.names, orders);
  for (int life = 0; life < 2; ++life) {
    SimStore sim(*disk, options());
    if (!sim.store) {
      require(!sim.error.empty());
      // The second life may not be refused when the first was not.
      require(life == 0);
      return 0;
    }
    check(*sim.store, crashed.bodies);
    if (life == 1) require(run_sync(get_one(sim.store.get(), "Z"))->value_or("") == "1");
    require(commit_now(*sim.store, Txn().put("Z", "1")) == Outcome::kCommitted);
  }
  return 0;
}
