// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "port/store/commit_state.h"
#include "port/store/db.h"
#include "port/store/segments.h"

namespace hikyaku::store {

/// Changes that are not in RocksDB yet. The last write of a key wins.
class Overlay {
 public:
  void put(std::string key, std::string value) { keys_[std::move(key)] = std::move(value); }
  void erase(std::string key) { keys_[std::move(key)] = std::nullopt; }

  /// nullopt: nothing is known here, ask what is older.
  [[nodiscard]] std::optional<Value> find(std::string_view key) const;
  [[nodiscard]] bool empty() const { return keys_.empty(); }

  using Keys = std::map<std::string, Value, std::less<>>;
  [[nodiscard]] const Keys& keys() const { return keys_; }

 private:
  Keys keys_;
};

/// Work of the engine itself, that has to take its place in the order of the commits.
struct OwnWork {
  /// A body lies elsewhere from now on, if it still lies where it was.
  struct Move {
    BodyId body;
    std::string from, to;  ///< encoded Locations
  };
  std::vector<Move> moves;
  std::vector<BodyId> reap;              ///< bodies that are gone if they have no holder
  std::vector<std::uint32_t> forgotten;  ///< segments that are about to be dropped
};

struct Submission {
  Txn txn;
  std::shared_ptr<Commit::State> state;
  std::optional<OwnWork> own;
};

/// Transactions that become durable together.
struct Batch {
  Overlay overlay;
  SegmentPtr segment;        ///< where it goes
  std::uint64_t offset = 0;  ///< of its header
  /// Bodies as they are written: headers and octets in turn. The octets belong to `submissions`.
  std::vector<std::string_view> parts;
  std::deque<std::string> heads;
  std::uint64_t bodies_length = 0;
  std::map<std::uint32_t, std::int64_t> live;  ///< change of live octets, by segment
  std::vector<SegmentPtr> pieces;              ///< segments that must be durable before
  std::uint64_t last_body = 0;                 ///< highest id of a body in it
  std::size_t suspects = 0;
  std::vector<Submission> submissions;
  std::vector<CommitResult> results;  ///< of submissions, in order
  std::size_t bytes = 0;              ///< about what it holds in memory

  std::string header;   ///< when it is closed
  std::string changes;  ///< when it is closed
  [[nodiscard]] bool writes_nothing() const { return overlay.empty() && parts.empty(); }
  [[nodiscard]] std::uint64_t end() const {
    return offset + BatchHeader::kBytes + bodies_length + changes.size();
  }
};

/// Decides transactions, one after the other, against what is durable and what is about to be.
///
/// Threads: one caller at a time.
class Evaluator {
 public:
  Evaluator(const Db& db, const Segments& segments) : db_(db), segments_(segments) {}

  /// Adds what the submission changes to `open`, or nothing. `flying` is older than `open` and not
  /// in RocksDB yet; may be nullptr.
  CommitResult evaluate(const Submission& submission, Batch& open, const Overlay* flying);

 private:
  Result<Value> lookup(std::string_view key) const;
  Status remember(const std::string& key);
  Status remember_range(const Write& write);
  void erase_range(const Write& write);
  [[nodiscard]] Value remembered(const std::string& key) const;
  Result<bool> has_holder(BodyId body) const;
  [[nodiscard]] bool overlay_has_holder(const Overlay& overlay, BodyId body) const;
  Result<Outcome> decide(const Txn& txn);
  Result<Outcome> check_bodies(const Txn& txn);
  [[nodiscard]] Status can_become_durable(const Body& body) const;
  void store_body(const Body& body);
  Body::Extent append(BodyId id, std::initializer_list<std::string_view> octets);
  void count_live(const Location& location, std::int64_t sign);
  void apply(const Write& write);
  Status evaluate_own(const OwnWork& work);
  Status reap(BodyId body);

  const Db& db_;
  const Segments& segments_;
  Batch* open_ = nullptr;            ///< during evaluate()
  const Overlay* flying_ = nullptr;  ///< during evaluate()
  /// What apply() will need of RocksDB, read before anything is changed.
  std::map<std::string, Value, std::less<>> remembered_;
};

}  // namespace hikyaku::store
