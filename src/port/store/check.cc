// SPDX-License-Identifier: Apache-2.0
#include "port/store/check.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_set>

#include "port/store/engine_keys.h"
#include "port/store/segment_walk.h"

namespace hikyaku::store {
namespace {

constexpr std::uint64_t kProgressEvery = 1024;

class Checker {
 public:
  Checker(const Db& db, const Segments& segments) : db_(db), segments_(segments) {}
  Result<CheckReport> run(const CheckProgress& progress);

 private:
  CheckReport::Problem& problem(Told what, Told repair);
  Status add_holders(BodyId body, CheckReport::Problem& problem);
  void visit(std::string_view key, std::string_view value);
  void visit_location(std::string_view key, std::string_view value);
  void visit_holder(std::string_view key);
  void check_holders();
  Status check_counters();
  void count_segments();
  Status read_body(BodyId body);
  Status read_all(const CheckProgress& progress);

  const Db& db_;
  const Segments& segments_;
  CheckReport report_;
  // Both rise, since the keys do; so 16 bytes a body are all that is held.
  std::vector<BodyId> located_;
  std::vector<BodyId> held_;
  std::unordered_set<BodyId> suspects_;
  std::map<std::uint32_t, std::uint64_t> live_found_, live_counted_;
};

/// Beyond the limit the last one makes room.
CheckReport::Problem& Checker::problem(Told what, Told repair) {
  ++report_.problem_count;
  if (report_.problems.size() == CheckReport::kProblemsMax) report_.problems.pop_back();
  return report_.problems.emplace_back(std::move(what), std::move(repair));
}

/// As they are now, for the one who asks which message it is.
Status Checker::add_holders(BodyId body, CheckReport::Problem& problem) {
  const auto prefix = holders_prefix(body);
  return db_.for_each(prefix, prefix_end(prefix),
                      [&](std::string_view key, std::string_view /*value*/) {
                        problem.holders.emplace_back(key.substr(prefix.size()));
                        return problem.holders.size() < CheckReport::kHoldersMax;
                      });
}

void Checker::visit(std::string_view key, std::string_view value) {
  if (key.starts_with(kLocationPrefix)) visit_location(key, value);
  if (key.starts_with(kHolderPrefix)) visit_holder(key);
  if (key.starts_with(kLivePrefix))
    live_counted_[segment_of_key(key)] = decode_number(value).value_or(0);
  if (key.starts_with(kSuspectPrefix))
    if (const auto body = body_of_key(key)) suspects_.insert(*body);
}

void Checker::visit_location(std::string_view key, std::string_view value) {
  const auto body = body_of_key(key);
  const auto location = Location::decode(value);
  if (!body || !location) {
    problem(
        told({"the location of body {0} can't be read", "本文 {0} の位置情報を読めません"},
             body.value_or(BodyId{}).value),
        told({"none: restore from a backup", "修復できません。バックアップから戻してください"}));
    return;
  }
  ++report_.bodies;
  report_.body_octets += location->size();
  located_.push_back(*body);
  for (const auto& extent : location->extents)
    live_found_[segment_of(extent.position)] += bytes_in_segment(extent);
}

void Checker::visit_holder(std::string_view key) {
  const auto body = body_of_key(key);
  if (!body) return;
  ++report_.holders;
  if (held_.empty() || held_.back() != *body) held_.push_back(*body);
}

void Checker::check_holders() {
  std::vector<BodyId> differ;
  std::ranges::set_difference(held_, located_, std::back_inserter(differ));
  for (const auto body : differ)
    problem(told({"body {0} is held, but it is nowhere",
                  "本文 {0} は参照されていますが、どこにもありません"},
                 body.value),
            told({"drop what refers to it; its octets are lost",
                  "参照している側を消します。本文は失われています"}));
  differ.clear();
  std::ranges::set_difference(located_, held_, std::back_inserter(differ));
  for (const auto body : differ)
    if (!suspects_.contains(body))
      problem(told({"body {0} is held by nothing", "本文 {0} はどこからも参照されていません"},
                   body.value),
              told({"drop it", "消します"}));
}

Status Checker::check_counters() {
  for (const auto& [number, live] : live_counted_) live_found_.try_emplace(number, 0);
  for (const auto& [number, live] : live_found_) {
    const auto counted = live_counted_.contains(number) ? live_counted_.at(number) : 0;
    if (counted != live)
      problem(told({"segment {0} has {1} live octets, and {2} are counted",
                    "セグメント {0} の有効なオクテット数は {1} ですが、記録では {2} です"},
                   number, live, counted),
              told({"count again", "数え直します"}));
    if (live == 0 || segments_.find(number)) continue;
    // Collected since the snapshot, or lost? A segment's counter goes before its file.
    HK_ASSIGN(const auto now, *db_.get(live_key(number), Db::From::kAll));
    if (now)
      problem(told({"segment {0} has {1} live octets, and its file is missing",
                    "セグメント {0} には有効な {1} オクテットがありますが、ファイルがありません"},
                   number, live),
              told({"drop what refers to them; the octets are lost",
                    "参照している側を消します。内容は失われています"}));
  }
  return {};
}

void Checker::count_segments() {
  for (const auto& segment : segments_.all()) {
    ++report_.segments;
    const auto used = segment->used.load();
    report_.log_bytes += used;
    report_.dead_bytes += used - std::min(used, segment->live.load());
  }
}

/// From its location as it is now: it may have moved or died since the snapshot.
Status Checker::read_body(BodyId body) {
  std::optional<Error> last_error;
  for (std::string before;;) {
    HK_ASSIGN(const auto octets, *db_.get(location_key(body), Db::From::kAll));
    const auto location = octets ? Location::decode(*octets) : std::nullopt;
    if (!location) return {};
    if (*octets == before) break;  // it is there, and damaged
    before = *octets;
    last_error.reset();
    for (const auto& extent : location->extents) {
      const auto segment = segments_.find(segment_of(extent.position));
      const auto read = segment ? read_extent(*segment, extent)
                                : Result<std::string>(retry_later(
                                      Words{"its segment is missing", "セグメントがありません"}));
      if (!read) last_error = read.error();
    }
    if (!last_error) return {};
  }
  return add_holders(
      body, problem(told({"body {0} can't be read: {1}", "本文 {0} を読めません: {1}"}, body.value,
                         last_error.value_or(Error{})),
                    told({"none: restore it from a backup",
                          "修復できません。バックアップから戻してください"})));
}

Status Checker::read_all(const CheckProgress& progress) {
  for (std::size_t i = 0; i < located_.size(); ++i) {
    if (progress && i % kProgressEvery == 0 && !progress(i, located_.size()))
      return retry_later(Words{"the check was stopped", "検査を中止しました"});
    HK_TRY(read_body(located_[i]));
  }
  if (progress) progress(located_.size(), located_.size());
  return {};
}

Result<CheckReport> Checker::run(const CheckProgress& progress) {
  HK_TRY(db_.for_each(kLocationPrefix, prefix_end(kSuspectPrefix),
                      [this](std::string_view key, std::string_view value) {
                        visit(key, value);
                        return true;
                      }));
  check_holders();
  HK_TRY(check_counters());
  count_segments();
  HK_TRY(read_all(progress));
  return std::move(report_);
}

}  // namespace

Result<CheckReport> check_engine(const Db& db, const Segments& segments,
                                 const CheckProgress& progress) {
  return Checker(db, segments).run(progress);
}

}  // namespace hikyaku::store
