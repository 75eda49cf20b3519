// SPDX-License-Identifier: Apache-2.0
#include "port/store/batch.h"

#include <algorithm>

#include "port/store/crc32c.h"
#include "port/store/engine_keys.h"

namespace hikyaku::store {

std::optional<Value> Overlay::find(std::string_view key) const {
  if (const auto found = keys_.find(key); found != keys_.end()) return found->second;
  return std::nullopt;
}

Result<Value> Evaluator::lookup(std::string_view key) const {
  if (auto known = open_->overlay.find(key)) return *std::move(known);
  if (flying_ != nullptr)
    if (auto known = flying_->find(key)) return *std::move(known);
  return *db_.get(key, Db::From::kAll);
}

/// Reads a key now, so that remembered() can't fail later.
Status Evaluator::remember(const std::string& key) {
  HK_ASSIGN(auto value, lookup(key));
  remembered_[key] = std::move(value);
  return {};
}

/// Why key by key, and not with RocksDB's DeleteRange: with range tombstones, iterators of 7.8 that
/// stay in memory (Db::From::kMemory) passed over whole blocks; and they make all reads slower.
Status Evaluator::remember_range(const Write& write) {
  if (write.key >= write.value) return {};
  return db_.for_each(write.key, write.value, [this](std::string_view key, std::string_view) {
    remembered_.try_emplace(std::string(key));
    return true;
  });
}

void Evaluator::erase_range(const Write& write) {
  if (write.key >= write.value) return;
  const auto erase_all_of = [&](const auto& keys) {
    std::vector<std::string> doomed;
    for (auto at = keys.lower_bound(write.key); at != keys.end() && at->first < write.value; ++at)
      doomed.push_back(at->first);
    for (auto& key : doomed) open_->overlay.erase(std::move(key));
  };
  erase_all_of(remembered_);
  if (flying_ != nullptr) erase_all_of(flying_->keys());
  erase_all_of(open_->overlay.keys());
}

Value Evaluator::remembered(const std::string& key) const {
  if (auto known = open_->overlay.find(key)) return *std::move(known);
  return remembered_.find(key)->second;
}

CommitResult Evaluator::evaluate(const Submission& submission, Batch& open, const Overlay* flying) {
  open_ = &open;
  flying_ = flying;
  remembered_.clear();
  if (submission.own) {
    if (auto done = evaluate_own(*submission.own); !done) return failed(std::move(done).error());
    return {Outcome::kCommitted};
  }
  const auto& txn = submission.txn;
  auto outcome = decide(txn);
  if (!outcome) return failed(std::move(outcome).error());
  if (*outcome != Outcome::kCommitted) return {*outcome};
  // From here on nothing fails: all or nothing.
  for (const auto& body : txn.bodies)
    if (const auto found = remembered_.find(location_key(body.id()));
        found != remembered_.end() && !found->second)
      store_body(body);
  for (const auto& write : txn.writes) apply(write);
  return {Outcome::kCommitted};
}

Result<Outcome> Evaluator::decide(const Txn& txn) {
  for (const auto& check : txn.checks) {
    HK_ASSIGN(const auto value, lookup(check.key));
    if (value != check.value) return Outcome::kConflict;
  }
  for (const auto& write : txn.writes) {
    if (write.kind == Write::Kind::kEraseRange) HK_TRY(remember_range(write));
    if (write.kind != Write::Kind::kAdd) continue;
    HK_TRY(remember(write.key));
    if (!add_to_counter(remembered_.find(write.key)->second, write.value))
      return retry_later(std::string(kDamagedCounter));
  }
  return check_bodies(txn);
}

Result<Outcome> Evaluator::check_bodies(const Txn& txn) {
  for (const auto& write : txn.writes) {
    if (write.kind != Write::Kind::kLink) continue;
    const auto key = location_key(write.body);
    HK_TRY(remember(key));
    if (remembered_.find(key)->second) continue;
    const auto body = std::ranges::find(txn.bodies, write.body, &Body::id);
    if (body == txn.bodies.end()) return Outcome::kConflict;
    HK_TRY(can_become_durable(*body));
  }
  return Outcome::kCommitted;
}

/// Asked of each alone: else all that become durable together would fail with it.
Status Evaluator::can_become_durable(const Body& body) const {
  for (const auto& extent : body.spilled()) {
    const auto segment = segments_.find(segment_of(extent.position));
    if (segment && segment->sync_failed())
      return io_error("syncing", segment->path(), segment->sync_error());
  }
  return {};
}

void Evaluator::store_body(const Body& body) {
  Location location;
  if (body.spilled().empty()) {
    if (body.size() > 0) location.extents.push_back(append(body.id(), {body.front(), body.tail()}));
  } else {
    if (!body.front().empty()) location.extents.push_back(append(body.id(), {body.front()}));
    for (const auto& extent : body.spilled()) {
      auto segment = segments_.find(segment_of(extent.position));
      HK_ASSERT(segment);  // the body pins it
      if (std::ranges::find(open_->pieces, segment) == open_->pieces.end())
        open_->pieces.push_back(std::move(segment));
      location.extents.push_back(extent);
    }
    if (!body.tail().empty()) location.extents.push_back(append(body.id(), {body.tail()}));
  }
  count_live(location, 1);
  open_->overlay.put(location_key(body.id()), location.encode());
  open_->last_body = std::max(open_->last_body, body.id().value);
}

Body::Extent Evaluator::append(BodyId id, std::initializer_list<std::string_view> octets) {
  Body::Extent extent;
  extent.position = position_of(open_->segment->number(),
                                open_->offset + BatchHeader::kBytes + open_->bodies_length);
  for (const auto part : octets) {
    extent.length += part.size();
    extent.crc = crc32c(part, extent.crc);
  }
  const BodyHeader header{id, static_cast<std::uint32_t>(extent.length), extent.crc};
  open_->parts.push_back(open_->heads.emplace_back(header.encode(open_->segment->salt())));
  for (const auto part : octets)
    if (!part.empty()) open_->parts.push_back(part);
  open_->bodies_length += bytes_in_segment(extent);
  open_->bytes += extent.length;
  return extent;
}

void Evaluator::count_live(const Location& location, std::int64_t sign) {
  for (const auto& extent : location.extents)
    open_->live[segment_of(extent.position)] +=
        sign * static_cast<std::int64_t>(bytes_in_segment(extent));
}

void Evaluator::apply(const Write& write) {
  auto& overlay = open_->overlay;
  open_->bytes += write.key.size() + write.value.size() + 64;
  switch (write.kind) {
    case Write::Kind::kPut: overlay.put(write.key, write.value); break;
    case Write::Kind::kErase: overlay.erase(write.key); break;
    case Write::Kind::kEraseRange: erase_range(write); break;
    case Write::Kind::kAdd:
      overlay.put(write.key,
                  add_to_counter(remembered(write.key), write.value).value_or(write.value));
      break;
    case Write::Kind::kLink: overlay.put(holder_key(write.body, write.value), {}); break;
    case Write::Kind::kUnlink:
      // Whether that was the last holder is found out later, by reap().
      overlay.erase(holder_key(write.body, write.value));
      overlay.put(suspect_key(write.body), {});
      ++open_->suspects;
      break;
  }
}

Status Evaluator::evaluate_own(const OwnWork& work) {
  for (const auto& move : work.moves) {
    HK_ASSIGN(const auto location, lookup(location_key(move.body)));
    if (location != move.from) continue;
    const auto from = Location::decode(move.from);
    const auto to = Location::decode(move.to);
    HK_ASSERT(from && to);
    for (const auto& extent : to->extents) {
      auto segment = segments_.find(segment_of(extent.position));
      if (!segment) return retry_later("a moved body is gone");
      if (segment->kind() == SegmentKind::kPieces) open_->pieces.push_back(std::move(segment));
    }
    count_live(*from, -1);
    count_live(*to, 1);
    open_->overlay.put(location_key(move.body), move.to);
  }
  for (const auto body : work.reap) HK_TRY(reap(body));
  for (const auto segment : work.forgotten) open_->overlay.erase(live_key(segment));
  return {};
}

Status Evaluator::reap(BodyId body) {
  HK_ASSIGN(const bool held, has_holder(body));
  if (!held) {
    HK_ASSIGN(const auto octets, lookup(location_key(body)));
    const auto location = octets ? Location::decode(*octets) : std::nullopt;
    if (location) count_live(*location, -1);
    if (octets) open_->overlay.erase(location_key(body));
  }
  open_->overlay.erase(suspect_key(body));
  return {};
}

bool Evaluator::overlay_has_holder(const Overlay& overlay, BodyId body) const {
  const auto prefix = holders_prefix(body);
  const auto& keys = overlay.keys();
  for (auto at = keys.lower_bound(prefix); at != keys.end() && at->first.starts_with(prefix); ++at)
    // What is put in the older overlay may be erased in the newer one.
    if (at->second && open_->overlay.find(at->first).value_or(at->second)) return true;
  return false;
}

Result<bool> Evaluator::has_holder(BodyId body) const {
  if (overlay_has_holder(open_->overlay, body)) return true;
  if (flying_ != nullptr && overlay_has_holder(*flying_, body)) return true;
  const auto prefix = holders_prefix(body);
  bool held = false;
  const auto still_there = [&](std::string_view key, std::string_view) {
    const auto value = lookup(key);
    held = !value || value->has_value();  // when in doubt the body lives
    return !held;
  };
  HK_TRY(db_.for_each(prefix, prefix_end(prefix), still_there));
  return held;
}

}  // namespace hikyaku::store
