// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/mailauth/lookup/facts.h"
#include "protocol/mailauth/spf/ip.h"
#include "protocol/mailauth/spf/record.h"

namespace hikyaku::spf {

enum class Identity : unsigned char {
  kMailFrom,  ///< RFC 7208 §2.4; of a null reverse-path, postmaster at the HELO domain
  kHelo,      ///< §2.3
};

/// What is checked. Domains and local part as the peer said them; U-labels are fine (RFC 8616 §4).
struct Request {
  Identity identity = Identity::kMailFrom;
  Ip client;
  std::string helo;        ///< what EHLO or HELO said
  std::string local_part;  ///< of MAIL FROM, without quotes; "" is "postmaster" (§4.3)
  std::string domain;      ///< of MAIL FROM; "" for a null reverse-path
  std::string receiver;    ///< our host name, macro "r"
  std::int64_t now_s = 0;  ///< since 1970, macro "t"
};

/// A term that led to the result, and in whose record it stands.
struct Step {
  std::string domain;
  std::string term;  ///< as written: "-all", "include:_spf.example.org"
  bool operator==(const Step&) const = default;
};

struct Result {
  Verdict verdict = Verdict::kNone;
  std::string domain;  ///< that was asked for its record
  /// The terms that led there, outermost first; the last one is a mechanism that matched. Empty: no
  /// mechanism matched.
  std::vector<Step> matched;
  /// What the domain says to those it did not authorize (§6.2). Printable ASCII, of one line, of at
  /// most kExplanationOctetsMax; often "". It is a third party's text: say so where it is shown.
  std::string explanation;
  /// Of none, temperror and permerror: why, with the domain and the position in its record.
  std::string problem;
  /// What the result rests on, each question once, in the order it was needed.
  std::vector<lookup::Question> asked;
};

inline constexpr std::size_t kExplanationOctetsMax = 500;
/// RFC 7208 §4.6.4.
inline constexpr unsigned kLookupTermsMax = 10;
inline constexpr unsigned kVoidLookupsMax = 2;
inline constexpr std::size_t kAddressLookupsMax = 10;  ///< of one mx or ptr

/// check_host() of RFC 7208 §4. Counts for nothing while `asker` misses something.
///
/// Asks for several answers at once where it can't go on without one of them, but never for more
/// terms than the limits let it evaluate, and not for "exists", whose questions some domains count.
Result check_host(const Request& request, lookup::Asker& asker);

/// "192.0.2.1 matches ip4:192.0.2.0/24 of _spf.example.org (include:_spf.example.org of
/// example.org)", or the problem: one line for logs and the trail.
std::string describe(const Request& request, const Result& result);

}  // namespace hikyaku::spf
