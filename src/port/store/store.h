// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/executor.h"
#include "base/ids.h"
#include "base/task.h"
#include "port/store/body.h"

namespace hikyaku::store {

/// Limits of the data model, the same on every engine.
inline constexpr std::size_t kKeyBytesMax = 1024;
inline constexpr std::size_t kValueBytesMax = 90'000;
inline constexpr std::size_t kTxnBytesMax = 1'000'000;  ///< keys and values; bodies not counted

/// A condition on one key: it has exactly this value, or (nullopt) is absent.
struct Check {
  std::string key;
  std::optional<std::string> value;
};

/// One change. Applied in order.
struct Write {
  enum class Kind : unsigned char {
    kPut,         ///< key = value
    kErase,       ///< key is gone
    kEraseRange,  ///< all keys in [key, value) are gone
    kAdd,         ///< key holds a big-endian u64 (absent = 0), to which the i64 in value is added
    kLink,        ///< `holder` (in value) refers to body `body` from now on: the body lives
    kUnlink,      ///< it no longer does; a body without holders is dead, and collected some time
  };
  Kind kind = Kind::kPut;
  std::string key;
  std::string value;
  BodyId body{};
};

/// Identifies a transaction, for asking later whether it happened. Random, 128 bits; empty = don't
/// ask.
using Token = std::string;

/// All or nothing, if every check holds at the moment of the commit.
struct Txn {
  std::vector<Check> checks;
  std::vector<Write> writes;
  std::vector<Body> bodies;  ///< new octets that the kLink writes refer to
  Token token;

  Txn& check(std::string key, std::optional<std::string> value);
  Txn& put(std::string key, std::string value);
  Txn& erase(std::string key);
  Txn& erase_range(std::string begin, std::string end);
  Txn& add(std::string key, std::int64_t delta);
  Txn& link(BodyId body, std::string holder);
  Txn& unlink(BodyId body, std::string holder);
  Txn& with(Body body);
};

enum class Outcome : unsigned char {
  kCommitted,  ///< durable
  kConflict,   ///< a check did not hold; nothing happened
  kUnknown,    ///< the connection to the engine was lost, or a sync failed: ask resolve(token)
  kFailed,     ///< the engine could not write (disk full, I/O error); nothing happened
};

struct CommitResult {
  Outcome outcome = Outcome::kFailed;
  std::string error;  ///< for kFailed and kUnknown: what went wrong, for the administrator
  Cause cause = Cause::kOther;

  /// What a commit that failed is to those above: "CONTEXT: error", to be tried again.
  [[nodiscard]] Error failure(std::string_view context) const;
};

/// A submitted transaction. Awaited once; comes back on the executor of its awaiter. Dropping it
/// without awaiting is allowed: the transaction goes its way.
class Commit {
 public:
  struct State;  // engine-internal: shared between waiter and committer
  explicit Commit(std::shared_ptr<State> state) : state_(std::move(state)) {}
  [[nodiscard]] bool await_ready() const noexcept;
  bool await_suspend(std::coroutine_handle<> handle);
  CommitResult await_resume();

 private:
  std::shared_ptr<State> state_;
};

struct KeyValue {
  std::string key;
  std::string value;
};

enum class Direction : unsigned char { kForward, kBackward };

/// The store: ordered keys with one-shot conditional commits, and bodies. Every engine behaves
/// alike; what holds for one is tested on all (store_contract_test).
///
/// Threads: any. The Tasks come back on the executor of the caller; reads that memory can answer do
/// not
///          suspend.
/// Errors:  kRetryLater for whatever the machine does to us (I/O, full disk, damage).
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  /// Queues a transaction. Transactions submitted one after the other (by whatever thread, when the
  /// calls are ordered by a lock) are evaluated in that order, so a transaction may check for what
  /// an earlier, still unfinished one writes: that is how an account's changes are chained. Never
  /// blocks on disk.
  virtual Commit submit(Txn txn) = 0;

  /// After kUnknown: did the transaction with this token happen?
  virtual Task<Result<bool>> resolve(Token token) = 0;

  /// Values of keys, in order; nullopt where absent. One consistent snapshot.
  virtual Task<Result<std::vector<std::optional<std::string>>>> get(
      std::vector<std::string> keys) = 0;

  /// Keys in [begin, end), at most `limit`. One consistent snapshot; go on after the last key.
  virtual Task<Result<std::vector<KeyValue>>> scan(std::string begin, std::string end,
                                                   std::size_t limit,
                                                   Direction direction = Direction::kForward) = 0;

  /// A new, empty body with an id of its own, to be filled, handed over in Txn::bodies and linked.
  [[nodiscard]] virtual Body new_body() = 0;

  /// Writes what a body holds in memory to the disk (not durable before its Txn is), so that a
  /// large message needs bounded memory. Call when Body::wants_spill().
  virtual Task<Status> spill(Body* body) = 0;

  /// Octets [offset, offset + length) of a linked body, cut at its end.
  virtual Task<Result<std::string>> read_body(BodyId body, std::uint64_t offset,
                                              std::uint64_t length) = 0;

  /// Everything submitted so far is finished, and memory is on disk: for a clean stop and a backup.
  virtual Task<Status> flush() = 0;
};

/// One value, or nullopt.
Task<Result<std::optional<std::string>>> get_one(Store* store, std::string key);

/// The first key after all keys that begin with `prefix`: the end of a scan over a prefix.
[[nodiscard]] std::string prefix_end(std::string_view prefix);

}  // namespace hikyaku::store
