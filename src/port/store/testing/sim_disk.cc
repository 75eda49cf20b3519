// SPDX-License-Identifier: Apache-2.0
#include "port/store/testing/sim_disk.h"

#include <algorithm>
#include <cerrno>
#include <random>

namespace hikyaku::store {
namespace {

constexpr std::uint64_t kSectorBytes = 512;

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

class SimFile final : public File {
 public:
  SimFile(SimDisk& disk, SimDisk::NodePtr node) : disk_(disk), node_(std::move(node)) {}

  IoResult<std::string> read(std::uint64_t offset, std::uint64_t length) override {
    return disk_.read(SimDisk::Side::kLog, *node_, offset, length);
  }
  IoResult<std::string> read_cached(std::uint64_t offset, std::uint64_t length) override {
    // Every other time, so that both ways are gone.
    if ((offset / 7) % 2 == 0) return std::unexpected(EAGAIN);
    return disk_.read(SimDisk::Side::kLog, *node_, offset, length);
  }
  IoResult<void> write(std::uint64_t offset, std::span<const std::string_view> pieces) override {
    if (pieces.size() == 1) return disk_.write(SimDisk::Side::kLog, *node_, offset, pieces[0]);
    std::string all;
    for (const auto piece : pieces) all += piece;
    return disk_.write(SimDisk::Side::kLog, *node_, offset, all);
  }
  IoResult<void> sync() override { return disk_.sync(SimDisk::Side::kLog, *node_); }
  void begin_writing_back(std::uint64_t, std::uint64_t) override {}
  IoResult<void> allocate(std::uint64_t size) override {
    return disk_.resize(SimDisk::Side::kLog, *node_, std::max(size, disk_.size(*node_)));
  }
  IoResult<void> truncate(std::uint64_t size) override {
    return disk_.resize(SimDisk::Side::kLog, *node_, size);
  }
  IoResult<std::uint64_t> size() override { return disk_.size(*node_); }

 private:
  SimDisk& disk_;
  SimDisk::NodePtr node_;
};

/// What of one file is there after the power came back.
SimContent survive(const SimDisk::Node& node, SimDisk::Unsynced unsynced, std::mt19937_64& coin) {
  SimContent out = node.synced;
  if (unsynced == SimDisk::Unsynced::kLost) return out;
  if (node.appended) {
    if (const auto size = out.size(); node.data.size() > size)
      out.take(node.data, size, size + coin() % (node.data.size() - size + 1));
    return out;
  }
  if (node.data.size() != out.size() && coin() % 2 == 0) out.resize(node.data.size());
  for (const auto& [begin, end] : node.dirty) {
    for (auto at = begin; at < end;) {
      const auto next = std::min(end, (at / kSectorBytes + 1) * kSectorBytes);
      if (coin() % 2 == 0 && next <= node.data.size()) out.take(node.data, at, next);
      at = next;
    }
  }
  return out;
}

}  // namespace

void SimDisk::fail(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
  asked_ = failed_ = 0;
}

void SimDisk::stop_failing() {
  const std::lock_guard lock(mutex_);
  fault_.reset();
}

std::uint64_t SimDisk::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

std::uint64_t SimDisk::changes(Side side) const {
  const std::lock_guard lock(mutex_);
  return changes_[static_cast<int>(side)];
}

std::uint64_t SimDisk::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

void SimDisk::cut_power_at(std::uint64_t n) {
  const std::lock_guard lock(mutex_);
  cut_at_ = all_changes_ + n;
}

void SimDisk::cut_power() {
  const std::lock_guard lock(mutex_);
  off_ = true;
}

std::unique_ptr<SimDisk> SimDisk::after_power_cut(std::uint64_t seed, Unsynced unsynced) const {
  const std::lock_guard lock(mutex_);
  std::mt19937_64 coin(seed);
  auto next = std::make_unique<SimDisk>();
  next->directories_ = directories_;
  // Per directory: either its unsynced names are there, or they are not.
  std::map<std::string, bool> kept;
  for (const auto& directory : directories_)
    kept[directory] = unsynced == Unsynced::kTossed && coin() % 2 == 0;
  std::map<const Node*, NodePtr> copies;
  const auto add = [&](const std::string& path, const NodePtr& node) {
    auto& copy = copies[node.get()];
    if (!copy) {
      copy = std::make_shared<Node>();
      copy->data = copy->synced = survive(*node, unsynced, coin);
    }
    next->names_[path] = copy;
  };
  for (const auto& [path, node] : names_)
    if (kept[directory_of(path)]) add(path, node);
  for (const auto& [path, node] : synced_names_)
    if (!kept[directory_of(path)]) add(path, node);
  next->synced_names_ = next->names_;
  return next;
}

std::unique_ptr<SimDisk> SimDisk::copy() const {
  const std::lock_guard lock(mutex_);
  auto next = std::make_unique<SimDisk>();
  next->directories_ = directories_;
  for (const auto& [path, node] : names_) next->names_[path] = std::make_shared<Node>(*node);
  next->synced_names_ = next->names_;
  return next;
}

void SimDisk::set_capacity(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

IoResult<void> SimDisk::ask(Side side, Kind kind) const {
  const bool is_change = kind < Kind::kOpen;
  if (is_change && ++all_changes_ >= cut_at_) off_ = true;
  if (off_) return std::unexpected(EIO);
  if (is_change) ++changes_[static_cast<int>(side)];
  if (!fault_ || fault_->side != side) return {};
  if (fault_->kind ? *fault_->kind != kind : !is_change) return {};
  if (++asked_ < fault_->at || failed_ >= fault_->times) return {};
  ++failed_;
  return std::unexpected(fault_->error);
}

IoResult<SimDisk::NodePtr> SimDisk::open_node(Side side, const std::string& path, Mode mode) {
  const std::lock_guard lock(mutex_);
  const auto kind = mode == Mode::kCreate ? Kind::kCreate : Kind::kOpen;
  if (auto may = ask(side, kind); !may) return std::unexpected(may.error());
  const auto found = names_.find(path);
  if (mode != Mode::kCreate) {
    if (found == names_.end()) return std::unexpected(ENOENT);
    return found->second;
  }
  return names_[path] = std::make_shared<Node>();
}

IoResult<std::unique_ptr<File>> SimDisk::open(const std::string& path, Mode mode) {
  auto node = open_node(Side::kLog, path, mode);
  if (!node) return std::unexpected(node.error());
  return std::make_unique<SimFile>(*this, *std::move(node));
}

IoResult<void> SimDisk::rename(Side side, const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (auto may = ask(side, Kind::kRename); !may) return may;
  const auto found = names_.find(from);
  if (found == names_.end()) return std::unexpected(ENOENT);
  auto node = std::move(found->second);
  names_.erase(found);
  names_[to] = std::move(node);
  return {};
}
IoResult<void> SimDisk::rename(const std::string& from, const std::string& to) {
  return rename(Side::kLog, from, to);
}

IoResult<void> SimDisk::remove(Side side, const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto may = ask(side, Kind::kRemove); !may) return may;
  if (names_.erase(path) == 0) return std::unexpected(ENOENT);
  return {};
}
IoResult<void> SimDisk::remove(const std::string& path) { return remove(Side::kLog, path); }

IoResult<std::vector<std::string>> SimDisk::list(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  if (auto may = ask(Side::kLog, Kind::kList); !may) return std::unexpected(may.error());
  const auto prefix = directory + "/";
  std::set<std::string> names;
  const auto add = [&](const std::string& path) {
    if (path.starts_with(prefix))
      names.insert(path.substr(prefix.size(), path.find('/', prefix.size()) - prefix.size()));
  };
  for (const auto& [path, node] : names_) add(path);
  for (const auto& path : directories_) add(path);
  return std::vector<std::string>(names.begin(), names.end());
}

IoResult<void> SimDisk::make_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (off_) return std::unexpected(EIO);
  directories_.insert(path);
  return {};
}

IoResult<void> SimDisk::sync_directory(Side side, const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto may = ask(side, Kind::kSyncDirectory); !may) return may;
  std::erase_if(synced_names_, [&](const auto& each) { return directory_of(each.first) == path; });
  for (const auto& [name, node] : names_)
    if (directory_of(name) == path) synced_names_[name] = node;
  return {};
}
IoResult<void> SimDisk::sync_directory(const std::string& path) {
  return sync_directory(Side::kLog, path);
}

IoResult<std::uint64_t> SimDisk::free_bytes(const std::string&) {
  const std::lock_guard lock(mutex_);
  std::uint64_t used = 0;
  for (const auto& [path, node] : names_) used += node->data.size();
  return capacity_ - std::min(used, capacity_);
}

IoResult<std::string> SimDisk::read(Side side, const Node& node, std::uint64_t offset,
                                    std::uint64_t length) const {
  const std::lock_guard lock(mutex_);
  if (auto may = ask(side, Kind::kRead); !may) return std::unexpected(may.error());
  return node.data.read(offset, length);
}

/// Whether there is room for a file of that size.
IoResult<void> SimDisk::grow(const Node& node, std::uint64_t size) const {
  if (size <= node.data.size() || capacity_ == UINT64_MAX) return {};
  std::uint64_t used = size - node.data.size();
  for (const auto& [path, each] : names_) used += each->data.size();
  if (used > capacity_) return std::unexpected(ENOSPC);
  return {};
}

IoResult<void> SimDisk::write_locked(Node& node, std::uint64_t offset, std::string_view octets) {
  const auto end = offset + octets.size();
  if (auto room = grow(node, end); !room) return room;
  node.data.write(offset, octets);
  node.dirty.emplace_back(offset, end);
  return {};
}

IoResult<void> SimDisk::write(Side side, Node& node, std::uint64_t offset,
                              std::string_view octets) {
  const std::lock_guard lock(mutex_);
  const bool was_on = !off_;
  const auto may = ask(side, Kind::kWrite);
  if (may) return write_locked(node, offset, octets);
  // A write that fails, or that the power cut met, may have been done in part.
  if (was_on) std::ignore = write_locked(node, offset, octets.substr(0, octets.size() / 2));
  return may;
}

IoResult<void> SimDisk::append(Side side, Node& node, std::string_view octets) {
  const std::lock_guard lock(mutex_);
  if (auto may = ask(side, Kind::kWrite); !may) return may;
  node.appended = true;
  return write_locked(node, node.data.size(), octets);
}

IoResult<void> SimDisk::resize(Side side, Node& node, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  if (auto may = ask(side, Kind::kResize); !may) return may;
  if (auto room = grow(node, size); !room) return room;
  // What was cut off and comes back is zeros, on the disk too.
  if (size < node.data.size()) node.dirty.emplace_back(size, node.data.size());
  node.data.resize(size);
  return {};
}

IoResult<void> SimDisk::sync(Side side, Node& node) {
  const std::lock_guard lock(mutex_);
  const auto may = ask(side, Kind::kSync);
  if (!may && off_) return may;
  if (!may) {
    // Some of it got there. What did not is in memory still, and nobody knows that it has to be
    // written.
    std::mt19937_64 coin(all_changes_);
    node.synced = survive(node, Unsynced::kTossed, coin);
    node.dirty.clear();
    return may;
  }
  ++syncs_;
  node.synced.resize(node.data.size());
  for (const auto& [begin, end] : node.dirty)
    if (const auto stop = std::min(end, node.data.size()); begin < stop)
      node.synced.take(node.data, begin, stop);
  node.dirty.clear();
  return {};
}

std::uint64_t SimDisk::size(const Node& node) const {
  const std::lock_guard lock(mutex_);
  return node.data.size();
}

bool SimDisk::exists(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return names_.contains(path) || directories_.contains(path);
}

bool SimDisk::lock(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return locks_.insert(path).second;
}

void SimDisk::unlock(const std::string& path) {
  const std::lock_guard lock(mutex_);
  locks_.erase(path);
}

}  // namespace hikyaku::store
