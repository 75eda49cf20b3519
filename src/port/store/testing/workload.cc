// SPDX-License-Identifier: Apache-2.0
#include "port/store/testing/workload.h"

#include <fmt/format.h>

#include <charconv>
#include <deque>
#include <random>

#include "base/codec.h"
#include "base/task_scope.h"

namespace hikyaku::store {
namespace {

constexpr std::string_view kStepKey = "Astep";
constexpr std::string_view kCountKey = "Tcount";

std::string body_key(std::uint64_t step) { return fmt::format("M{:08}", step); }
std::string record_key(std::uint64_t n) { return fmt::format("K{:02}", n); }
std::string counter(std::uint64_t n) {
  Encoder out;
  out.u64(n);
  return std::move(out).take();
}

std::uint64_t number(std::string_view text) {
  std::uint64_t n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

}  // namespace

/// What one step does.
struct Workload::Plan {
  enum class Body : unsigned char { kNone, kSmall, kSpilled };
  std::uint64_t step = 0;
  Body body = Body::kNone;
  std::set<std::uint64_t> removed;
  std::vector<std::pair<std::string, std::string>> puts;
  std::string erased_from, erased_to;
};

Workload::Plan Workload::plan(const Model& before) const {
  Plan plan;
  plan.step = before.step + 1;
  std::mt19937_64 dice(seed_ * 1'000'003 + plan.step);
  const auto roll = [&dice](std::uint64_t n) { return dice() % n; };
  if (roll(10) < 6) plan.body = roll(10) == 0 ? Plan::Body::kSpilled : Plan::Body::kSmall;
  for (auto n = roll(3); n > 0 && !before.bodies.empty(); --n) {
    // Mostly old ones, so that whole segments die.
    auto victim = before.bodies.begin();
    std::advance(victim, static_cast<long>(roll(std::min<std::size_t>(before.bodies.size(), 20))));
    if (before.bodies.size() > 30 || roll(3) == 0) plan.removed.insert(*victim);
  }
  if (roll(15) == 0) {
    plan.erased_from = record_key(roll(90));
    plan.erased_to = record_key(roll(90) + 10);
  }
  for (auto n = roll(4); n > 0; --n)
    plan.puts.emplace_back(
        record_key(roll(100)),
        std::string(roll(10) == 0 ? roll(20'000) : roll(200), 'v') + std::to_string(plan.step));
  return plan;
}

void Workload::advance(Model& model) const {
  const auto what = plan(model);
  model.step = what.step;
  if (what.erased_from < what.erased_to)
    model.records.erase(model.records.lower_bound(what.erased_from),
                        model.records.lower_bound(what.erased_to));
  for (const auto& [key, value] : what.puts) model.records[key] = value;
  for (const auto gone : what.removed) model.bodies.erase(gone);
  if (what.body != Plan::Body::kNone) model.bodies.insert(what.step);
}

std::string Workload::octets_of(std::uint64_t step) const {
  std::mt19937_64 dice(seed_ * 7'000'003 + step);
  // Spilled ones have three pieces, and a tail.
  const auto size = dice() % sizes_.body_octets_max;
  std::string octets = fmt::format("body of step {}\r\n", step);
  while (octets.size() < size) octets += static_cast<char>(dice());
  return octets;
}

Task<Result<Txn>> Workload::build(Store* store, const Model* before) {
  const auto what = plan(*before);
  Txn txn;
  txn.check(std::string(kStepKey),
            before->step == 0 ? std::nullopt : std::optional(std::to_string(before->step)));
  txn.put(std::string(kStepKey), std::to_string(what.step));
  txn.add(std::string(kCountKey), 1);
  if (!what.erased_from.empty()) txn.erase_range(what.erased_from, what.erased_to);
  for (const auto& [key, value] : what.puts) txn.put(key, value);
  for (const auto gone : what.removed)
    txn.erase(body_key(gone)).unlink(ids_.at(gone), body_key(gone));
  if (what.body != Plan::Body::kNone) {
    auto body = store->new_body();
    ids_[what.step] = body.id();
    body.set_front(octets_of(what.step));
    if (what.body == Plan::Body::kSpilled) {
      for (int piece = 0; piece < 2; ++piece) {
        body.append(std::string(sizes_.piece_octets, static_cast<char>('0' + piece)));
        HK_CO_TRY(co_await store->spill(&body));
      }
    }
    txn.put(body_key(what.step), std::to_string(body.id().value));
    txn.link(body.id(), body_key(what.step));
    txn.with(std::move(body));
  }
  co_return txn;
}

std::uint64_t Workload::run(Store& store, std::uint64_t steps,
                            const std::function<void(std::uint64_t)>& acknowledged) {
  return run_sync(run_steps(&store, steps, &acknowledged));
}

Task<std::uint64_t> Workload::run_steps(Store* store, std::uint64_t steps,
                                        const std::function<void(std::uint64_t)>* acknowledged) {
  auto last = model_.step;
  auto ahead = model_;
  std::deque<Commit> waiting;
  bool failed = false;
  for (std::uint64_t i = 0; (i < steps && !failed) || !waiting.empty();) {
    if (i < steps && !failed && waiting.size() < sizes_.window) {
      auto txn = co_await build(store, &ahead);
      if (!txn) {
        last_result_ = {Outcome::kFailed, txn.error().text};
        failed = true;
        continue;
      }
      waiting.push_back(store->submit(*std::move(txn)));
      advance(ahead);
      ++i;
      continue;
    }
    auto result = co_await std::move(waiting.front());
    waiting.pop_front();
    // Those behind one that failed check that it happened.
    if (failed) continue;
    last_result_ = std::move(result);
    if (last_result_.outcome != Outcome::kCommitted) {
      failed = true;
      continue;
    }
    ++last;
    if (*acknowledged) (*acknowledged)(last);
  }
  while (model_.step < last) advance(model_);
  co_return last;
}

std::string Workload::verify(Store& store, std::uint64_t at_least) {
  const auto found = run_sync(store.scan("", prefix_end(""), 100'000));
  if (!found) return found.error().text;
  std::map<std::string, std::string> records;
  for (const auto& kv : *found) records[kv.key] = kv.value;
  const auto step = number(records[std::string(kStepKey)]);
  if (step < at_least)
    return fmt::format("step {} was acknowledged, and the last one there is {}", at_least, step);
  if (model_.step > step) model_ = {};
  while (model_.step < step) advance(model_);
  auto want = model_.records;
  if (step > 0) {
    want[std::string(kStepKey)] = std::to_string(step);
    want[std::string(kCountKey)] = counter(step);
  } else {
    records.erase(std::string(kStepKey));
  }
  ids_.clear();
  for (const auto made : model_.bodies) {
    ids_[made] = BodyId(number(records[body_key(made)]));
    want[body_key(made)] = records[body_key(made)];
  }
  if (records != want) {
    std::string text = fmt::format("after step {} ({} counted) the records differ:", step,
                                   Decoder(records[std::string(kCountKey)]).u64());
    for (const auto& [key, value] : want)
      if (records[key] != value) text += " " + key;
    for (const auto& [key, value] : records)
      if (!want.contains(key)) text += " +" + key;
    return text;
  }
  return verify_bodies(store);
}

std::string Workload::verify_bodies(Store& store) {
  for (const auto made : model_.bodies) {
    const auto octets = run_sync(store.read_body(ids_[made], 0, UINT64_MAX));
    if (!octets) return fmt::format("body of step {}: {}", made, octets.error().text);
    auto want = octets_of(made);
    // Whether it had pieces is written in its length.
    for (char piece = '0'; piece < '2' && octets->size() > want.size(); ++piece)
      want += std::string(sizes_.piece_octets, piece);
    if (*octets != want) return fmt::format("the body of step {} has other octets", made);
  }
  return {};
}

}  // namespace hikyaku::store
