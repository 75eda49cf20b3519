// SPDX-License-Identifier: Apache-2.0
// Properties: any records and senders come to an end within few rounds and questions; the result is
// the same when all answers are known from the start; what goes out is harmless.
//
// Input: lines. "name TYPE text" is a record; the first line is "client helo local@domain".
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/mailauth/lookup/testing/zone.h"
#include "protocol/mailauth/spf/check.h"
#include "protocol/mailauth/spf/received_spf.h"

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

lookup::Zone zone_of(std::string_view in) {
  using lookup::Type;
  lookup::Zone zone;
  while (!in.empty()) {
    std::string_view line = take(in, '\n');
    const std::string_view name = take(line, ' ');
    const std::string_view type = take(line, ' ');
    if (type == "CNAME") zone.cname(name, line);
    if (type == "FAIL") zone.fail_rest(name);
    for (const Type known : {Type::kA, Type::kAaaa, Type::kMx, Type::kPtr, Type::kTxt}) {
      if (type == lookup::name_of(known)) zone.add(name, known, line);
    }
  }
  return zone;
}

bool printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view in(reinterpret_cast<const char*>(data), size);
  spf::Request request;
  std::string_view first = take(in, '\n');
  request.client = spf::Ip::parse(take(first, ' ')).value_or(spf::Ip());
  request.helo = take(first, ' ');
  request.local_part = take(first, '@');
  request.domain = first;
  request.receiver = "mx.example";
  request.identity = size % 5 == 0 ? spf::Identity::kHelo : spf::Identity::kMailFrom;

  const lookup::Zone zone = zone_of(in);
  const auto check = [&](lookup::Asker& asker) { return spf::check_host(request, asker); };
  lookup::Facts facts;
  std::size_t rounds = 0;
  const spf::Result result = lookup::run(zone, check, facts, rounds);
  // The record, 10 terms with up to 10 addresses each, what is asked ahead, the explanation and
  // %{p}.
  require(rounds <= 40);
  require(facts.all().size() <= 1 + 10 * 11 + 10 + 12);
  require(result.explanation.size() <= spf::kExplanationOctetsMax && printable(result.explanation));

  lookup::Asker asker(facts);
  const spf::Result again = spf::check_host(request, asker);
  require(asker.missing().empty());
  require(again.verdict == result.verdict && again.explanation == result.explanation &&
          again.problem == result.problem && again.matched == result.matched &&
          again.asked == result.asked);

  std::string field = spf::received_spf(request, result);
  require(field.ends_with("\r\n"));
  std::erase_if(field, [](char c) { return c == '\r' || c == '\n' || c == '\t'; });
  require(printable(field));

  const std::string_view text = in.substr(0, 4096);
  if (const auto record = spf::parse_record(text); !record) {
    require(record.error().position <= text.size());
  }
  return 0;
}
