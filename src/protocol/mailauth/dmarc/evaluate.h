// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/mailauth/dmarc/discovery.h"
#include "protocol/mailauth/dmarc/record.h"
#include "protocol/mailauth/lookup/facts.h"

namespace hikyaku::dmarc {

/// The results of Authentication-Results (RFC 9989 §9.2).
enum class Result : unsigned char { kNone, kPass, kFail, kTemperror, kPermerror };
std::string_view name_of(Result result);

/// What SPF of MAIL FROM, or one DKIM signature, came to.
enum class Check : unsigned char { kPass, kFail, kTemperror };
struct Identifier {
  std::string domain;  ///< that SPF asked, or d=
  Check check = Check::kFail;
};

/// How the Organizational Domain is found.
enum class Method : unsigned char {
  kTreeWalk,          ///< RFC 9989 §4.10
  kPublicSuffixList,  ///< RFC 7489 §3.2, by Request::organizational_domain
};

/// What a reject policy comes to when nothing but DMARC speaks against a message.
enum class PolicyAlone : unsigned char {
  kQuarantines,  ///< RFC 9989 §7.4: "MUST treat such failing mail as if the policy were quarantine"
  kRefuses,      ///< something else speaks against it too, or the administrator wants it so
};

/// What we know of a message that fails through no fault of its author; "" where we don't.
struct Overrides {
  std::string mailing_list;  ///< the list it came by
  std::string arc_sealer;    ///< who says by a valid ARC chain that it passed, and is trusted
  std::string forwarder;     ///< the known and trusted forwarder
};

struct Request {
  std::size_t from_fields = 1;              ///< From fields of the message
  std::vector<std::string> author_domains;  ///< of all addresses in them; U-labels are fine
  Identifier spf;                           ///< "" as domain: not checked
  std::vector<Identifier> dkim;
  Method method = Method::kTreeWalk;
  std::function<std::string(std::string_view)> organizational_domain;
  /// 0 … 99, evenly, for pct of RFC 7489; over 99 - pct the policy is one step milder.
  unsigned sample = 0;
  PolicyAlone policy_alone = PolicyAlone::kQuarantines;
  Overrides overrides;
};

enum class Action : unsigned char { kNone, kQuarantine, kRefuse };

struct Verdict {
  Result result = Result::kNone;
  std::string author_domain;  ///< as A-labels
  std::string policy_domain;  ///< where the record is; "" without one
  Record record;
  Policy published = Policy::kNone;  ///< p, sp or np, whichever applies
  Policy requested = Policy::kNone;  ///< after t and pct: "policy.dmarc" (RFC 9989 §9.1)
  Action action = Action::kNone;     ///< after what we know besides
  bool spf_aligned = false;
  bool dkim_aligned = false;
  std::string reason;                   ///< one line for logs and the trail
  std::vector<lookup::Question> asked;  ///< what it rests on
};

/// Author domains that are looked at; a From field with more is none that DMARC can judge.
inline constexpr std::size_t kAuthorDomainsMax = 8;
/// Identifiers that are looked at.
inline constexpr std::size_t kIdentifiersMax = 32;

/// Judges a message. Counts for nothing while `asker` misses something.
///
/// Of several author domains each is judged, and the strictest of those that fail counts (RFC 7489
/// §6.6.1; RFC 9989 §5.3.1 allows it). A failure of DNS that matters is kTemperror, and no policy
/// is applied (§5.3.6).
Verdict evaluate(const Request& request, lookup::Asker& asker);

}  // namespace hikyaku::dmarc
