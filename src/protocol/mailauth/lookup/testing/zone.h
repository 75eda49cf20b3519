// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/mailauth/lookup/facts.h"

namespace hikyaku::lookup {

/// DNS from a table, for tests: what a resolver would answer, CNAMEs followed.
class Zone {
 public:
  /// The text form of a record: "192.0.2.1", "2001:db8::1", "10 mx.example.org", a name, or the
  /// text of a TXT. An address that is none gives a record of no octets.
  Zone& add(std::string_view name, Type type, std::string_view text);
  Zone& cname(std::string_view name, std::string_view target);
  /// SERVFAIL for this question.
  Zone& fail(std::string_view name, Type type);
  /// SERVFAIL for each type of which the name has no record.
  Zone& fail_rest(std::string_view name);

  [[nodiscard]] Answer answer(const Question& question) const;

 private:
  [[nodiscard]] bool exists(const std::string& name) const;

  /// MX: by preference.
  std::map<Question, std::multimap<unsigned, std::string>> records_;
  std::map<std::string, std::string> cnames_;
  std::set<Question> failing_;
  std::set<std::string> failing_rest_;
  std::set<std::string> names_;
};

/// Runs `evaluate(Asker&)` with what the zone answers until nothing is missing, and gives its
/// result. `rounds_max` runs at most; facts and rounds are for those who want to look at them.
template <class Evaluate>
auto run(const Zone& zone, const Evaluate& evaluate, Facts& facts, std::size_t& rounds,
         std::size_t rounds_max = 100) {
  for (rounds = 1;; ++rounds) {
    Asker asker(facts);
    auto result = evaluate(asker);
    if (asker.missing().empty() || rounds == rounds_max) return result;
    for (const Question& question : asker.missing()) facts.add(question, zone.answer(question));
  }
}
template <class Evaluate>
auto run(const Zone& zone, const Evaluate& evaluate) {
  Facts facts;
  std::size_t rounds = 0;
  return run(zone, evaluate, facts, rounds);
}

}  // namespace hikyaku::lookup
