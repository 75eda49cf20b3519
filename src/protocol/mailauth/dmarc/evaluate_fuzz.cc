// SPDX-License-Identifier: Apache-2.0
// Properties: any records and domains come to an end within few rounds and questions; the judgement
// is the same when all answers are known from the start; without a fail nothing is done.
//
// Input: lines. "author spf dkim" first; then "domain record".
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/mailauth/dmarc/evaluate.h"
#include "protocol/mailauth/lookup/name.h"
#include "protocol/mailauth/lookup/testing/zone.h"

namespace {

using namespace hikyaku;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string_view take(std::string_view& in, char end) {
  const std::size_t n = std::min(in.find(end), in.size());
  const std::string_view out = in.substr(0, n);
  in.remove_prefix(std::min(n + 1, in.size()));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view in(reinterpret_cast<const char*>(data), size);
  std::string_view first = take(in, '\n');
  dmarc::Request request;
  request.author_domains.emplace_back(take(first, ' '));
  request.spf = {std::string(take(first, ' ')), dmarc::Check::kPass};
  while (!first.empty()) {
    request.dkim.push_back({std::string(take(first, ' ')), dmarc::Check::kPass});
  }
  request.method = size % 3 == 0 ? dmarc::Method::kPublicSuffixList : dmarc::Method::kTreeWalk;
  request.organizational_domain = [](std::string_view name) {
    return std::string(lookup::last_labels(name, 2));
  };
  request.policy_alone = dmarc::PolicyAlone::kRefuses;
  request.sample = static_cast<unsigned>(size % 100);
  lookup::Zone zone;
  while (!in.empty()) {
    std::string_view line = take(in, '\n');
    const std::string name = "_dmarc." + std::string(take(line, ' '));
    if (line == "FAIL") zone.fail_rest(name);
    zone.add(name, lookup::Type::kTxt, line);
  }
  const auto judge = [&](lookup::Asker& asker) { return dmarc::evaluate(request, asker); };
  lookup::Facts facts;
  std::size_t rounds = 0;
  const dmarc::Verdict verdict = lookup::run(zone, judge, facts, rounds);
  require(rounds <= 12);
  require(facts.all().size() <= 8 * (2 + dmarc::kIdentifiersMax) + 1);
  require(verdict.result == dmarc::Result::kFail || verdict.action == dmarc::Action::kNone);
  lookup::Asker asker(facts);
  const dmarc::Verdict again = dmarc::evaluate(request, asker);
  require(asker.missing().empty());
  require(again.result == verdict.result && again.action == verdict.action &&
          again.reason == verdict.reason && again.record == verdict.record &&
          again.asked == verdict.asked);
  return 0;
}
