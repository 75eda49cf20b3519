// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dmarc/discovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "protocol/mailauth/lookup/name.h"

namespace hikyaku::dmarc {
namespace {

using lookup::Answer;
using lookup::Type;

/// RFC 9989 §4.10: a walk has eight queries at most.
constexpr std::size_t kWalkLabelsMax = 7;

}  // namespace

std::vector<std::string> walk_names(std::string_view domain) {
  std::vector<std::string> out;
  if (domain.empty()) return out;
  out.emplace_back(domain);
  // Step 4: from eight labels on, down to seven at once.
  for (std::size_t n = std::min(lookup::label_count(domain) - 1, kWalkLabelsMax); n > 0; --n) {
    out.emplace_back(lookup::last_labels(domain, n));
  }
  return out;
}

std::string Walk::organizational_domain() const {
  if (found.empty()) return start;
  // The walk has stopped at a record with psd=, so that only the last one can have it.
  const Found& last = found.back();
  // Rule 2: one label below it.
  if (last.record.psd == Psd::kYes && last.domain != start) {
    return std::string(lookup::last_labels(start, lookup::label_count(last.domain) + 1));
  }
  // Rule 1, or 3: the fewest labels.
  return last.domain;
}

const Answer* Discovery::ask(std::string_view name, Type type) {
  lookup::Question question = lookup::question(name, type);
  if (std::ranges::find(asked_, question) == asked_.end()) asked_.push_back(question);
  return asker_->ask(question);
}

Lookup Discovery::look(const std::string& domain) {
  Lookup out;
  const std::string name = "_dmarc." + domain;
  // A domain of 253 octets has no room for it.
  if (!lookup::has_valid_labels(name)) return out;
  const Answer* answer = ask(name, Type::kTxt);
  if (answer == nullptr) {
    out.search = Search::kMissing;
    return out;
  }
  if (answer->status == Answer::Status::kFailed) {
    out.search = Search::kFailed;
    out.problem = fmt::format("no answer of DNS for {} TXT{}{}", name,
                              answer->why.empty() ? "" : ": ", answer->why);
    return out;
  }
  for (const std::string& text : answer->records) {
    auto record = parse_record(text);
    if (!record) continue;
    out.only = ++out.records == 1 ? std::move(record) : std::nullopt;
  }
  return out;
}

Walk Discovery::walk(const std::string& domain) {
  Walk out;
  out.start = domain;
  const std::vector<std::string> names = walk_names(domain);
  for (std::size_t i = 0; i < names.size(); ++i) {
    Lookup lookup = look(names[i]);
    if (lookup.search == Search::kMissing) {
      out.search = Search::kMissing;
      // The rest of them now, so that the walk takes one round.
      for (const std::string& name : std::span(names).subspan(i + 1)) {
        if (lookup::has_valid_labels("_dmarc." + name)) {
          asker_->ask(lookup::question("_dmarc." + name, Type::kTxt));
        }
      }
      return out;
    }
    if (lookup.search == Search::kFailed) {
      out.search = Search::kFailed;
      out.problem = std::move(lookup.problem);
      return out;
    }
    // "If multiple DMARC Policy Records are returned for a single target, they are all discarded."
    if (!lookup.only) continue;
    const bool last = lookup.only->psd != Psd::kUnknown;
    out.found.push_back({names[i], *std::move(lookup.only)});
    if (last) break;
  }
  return out;
}

}  // namespace hikyaku::dmarc
