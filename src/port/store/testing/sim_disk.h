// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "port/store/files.h"
#include "port/store/testing/sim_content.h"

namespace hikyaku::store {

/// A disk in memory that tells what was synced from what was not, fails on demand, and can lose its
/// power. The log uses it as Files, RocksDB through sim_env().
///
/// A power cut keeps what was synced. Of the rest, each sector of 512 octets, each change of a
/// file's length and each directory's unsynced names are kept or lost by the toss of a coin (or all
/// lost): what the standards allow a disk to do. A file that is only appended to keeps some part of
/// what was appended, from its beginning, as file systems do that write data before lengths
/// (RocksDB takes anything else in its MANIFEST for damage). Threads: any.
class SimDisk final : public Files {
 public:
  enum class Unsynced : unsigned char { kLost, kTossed };

  /// Who asks: the log, or RocksDB. Their changes are counted apart.
  enum class Side : unsigned char { kLog, kDb };

  /// What is asked of a disk. Changes are all but kOpen, kRead and kList.
  enum class Kind : unsigned char {
    kCreate,
    kWrite,
    kSync,
    kResize,
    kRename,
    kRemove,
    kSyncDirectory,
    kOpen,
    kRead,
    kList,
  };

  /// The n-th request of that kind from now (nullopt: the n-th change) fails, and so do those after
  /// it, up to so many in all. A write that fails is done by half. A sync that fails leaves each
  /// sector written or not, and forgets which: the next one succeeds all the same, as Linux does
  /// it.
  struct Fault {
    Side side = Side::kLog;
    std::optional<Kind> kind;
    std::uint64_t at = 1;
    int error = 0;
    std::uint64_t times = 1;
  };
  static constexpr std::uint64_t kForGood = UINT64_MAX;
  void fail(Fault fault);
  void stop_failing();
  /// How many requests failed since fail().
  [[nodiscard]] std::uint64_t failed() const;
  [[nodiscard]] std::uint64_t changes(Side side) const;
  [[nodiscard]] std::uint64_t syncs() const;

  /// From the n-th change (of both sides) on, nothing reaches the disk, and all fails.
  void cut_power_at(std::uint64_t n);
  void cut_power();
  /// What the machine finds when power is back.
  [[nodiscard]] std::unique_ptr<SimDisk> after_power_cut(std::uint64_t seed,
                                                         Unsynced unsynced) const;
  /// What the next program finds after a mere crash of this one.
  [[nodiscard]] std::unique_ptr<SimDisk> copy() const;

  /// All files together may have so many octets; UINT64_MAX at first.
  void set_capacity(std::uint64_t bytes);

  // Files.
  IoResult<std::unique_ptr<File>> open(const std::string& path, Mode mode) override;
  IoResult<void> rename(const std::string& from, const std::string& to) override;
  IoResult<void> remove(const std::string& path) override;
  IoResult<std::vector<std::string>> list(const std::string& directory) override;
  IoResult<void> make_directory(const std::string& path) override;
  IoResult<void> sync_directory(const std::string& path) override;
  IoResult<std::uint64_t> free_bytes(const std::string& directory) override;

  // For the files of both sides.
  struct Node {
    bool appended = false;
    SimContent data;
    SimContent synced;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> dirty;  ///< [begin, end) since the sync
  };
  using NodePtr = std::shared_ptr<Node>;
  IoResult<NodePtr> open_node(Side side, const std::string& path, Mode mode);
  IoResult<void> rename(Side side, const std::string& from, const std::string& to);
  IoResult<void> remove(Side side, const std::string& path);
  IoResult<void> sync_directory(Side side, const std::string& path);
  IoResult<std::string> read(Side side, const Node& node, std::uint64_t offset,
                             std::uint64_t length) const;
  IoResult<void> write(Side side, Node& node, std::uint64_t offset, std::string_view octets);
  IoResult<void> append(Side side, Node& node, std::string_view octets);
  IoResult<void> resize(Side side, Node& node, std::uint64_t size);
  IoResult<void> sync(Side side, Node& node);
  [[nodiscard]] std::uint64_t size(const Node& node) const;
  [[nodiscard]] bool exists(const std::string& path) const;
  bool lock(const std::string& path);
  void unlock(const std::string& path);

 private:
  using Names = std::map<std::string, NodePtr>;

  /// Counts a request, and says whether it may happen.
  IoResult<void> ask(Side side, Kind kind) const;
  IoResult<void> grow(const Node& node, std::uint64_t size) const;
  IoResult<void> write_locked(Node& node, std::uint64_t offset, std::string_view octets);

  mutable std::mutex mutex_;
  Names names_;
  Names synced_names_;
  std::set<std::string> directories_;
  std::set<std::string> locks_;
  mutable std::uint64_t changes_[2] = {};
  mutable std::optional<Fault> fault_;
  mutable std::uint64_t asked_ = 0;  ///< requests that the fault is about, since it was set
  mutable std::uint64_t failed_ = 0;
  mutable std::uint64_t all_changes_ = 0;
  std::uint64_t cut_at_ = UINT64_MAX;
  std::uint64_t syncs_ = 0;
  std::uint64_t capacity_ = UINT64_MAX;
  mutable bool off_ = false;
};

}  // namespace hikyaku::store
