// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dmarc/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "protocol/mailauth/lookup/name.h"

namespace hikyaku::dmarc {
namespace {

using lookup::Answer;

/// Whether two domains are of one organization.
enum class Alignment : unsigned char { kNo, kYes, kFailed, kMissing };

Policy milder(Policy policy) {
  return policy == Policy::kReject ? Policy::kQuarantine : Policy::kNone;
}

/// Judges one author domain.
class Judge {
 public:
  Judge(const Request& request, Discovery& discovery) : request_(request), discovery_(discovery) {}

  /// nullopt: an answer is missing.
  std::optional<Verdict> run(const std::string& author) {
    verdict_.author_domain = author;
    switch (discover()) {
      case Search::kMissing: return std::nullopt;
      case Search::kFailed: return temperror();
      case Search::kDone: break;
    }
    if (verdict_.policy_domain.empty()) {
      if (problem_.empty()) problem_ = fmt::format("{} has no DMARC record", author);
      verdict_.reason = problem_;
      return std::move(verdict_);
    }
    // §4.10.1: as if "p=none" was there; without rua, as if nothing was.
    if (verdict_.record.policy_is_broken || !verdict_.record.policy) {
      if (verdict_.record.rua.empty()) {
        verdict_.reason = fmt::format("the DMARC record of {} has no policy that can be read",
                                      verdict_.policy_domain);
        return std::move(verdict_);
      }
      verdict_.record.policy = Policy::kNone;
      verdict_.record.subdomain_policy.reset();
      verdict_.record.nonexistent_policy.reset();
    }
    return align();
  }

 private:
  Search discover();
  Search discover_by_walk();
  Search discover_by_list();
  std::optional<Verdict> align();
  std::optional<Verdict> fail();
  Alignment aligned(const Identifier& identifier, Mode mode);
  std::optional<Policy> published();

  void take(Found found) {
    verdict_.policy_domain = std::move(found.domain);
    verdict_.record = std::move(found.record);
  }
  Verdict temperror() {
    verdict_.result = Result::kTemperror;
    verdict_.reason = problem_;
    return std::move(verdict_);
  }
  [[nodiscard]] std::string by_list(const std::string& domain) const {
    std::string out =
        request_.organizational_domain ? request_.organizational_domain(domain) : std::string();
    return out.empty() ? domain : out;
  }

  const Request& request_;
  Discovery& discovery_;
  Verdict verdict_;
  std::string problem_;
  std::optional<Walk> walk_;  ///< of the author domain
};

Search Judge::discover() {
  return request_.method == Method::kTreeWalk ? discover_by_walk() : discover_by_list();
}

/// RFC 9989 §4.10.1. The walk starts at the author domain, for alignment needs that one.
Search Judge::discover_by_walk() {
  walk_ = discovery_.walk(verdict_.author_domain);
  if (walk_->search == Search::kMissing) return Search::kMissing;
  // What was found before an answer failed is good when it is the author domain's own.
  if (!walk_->found.empty() && walk_->found.front().domain == verdict_.author_domain) {
    take(walk_->found.front());
    return Search::kDone;
  }
  if (walk_->search == Search::kFailed) {
    problem_ = walk_->problem;
    return Search::kFailed;
  }
  if (walk_->found.empty()) return Search::kDone;
  const std::string organization = walk_->organizational_domain();
  for (const Found& found : walk_->found) {
    if (found.domain == organization) {
      take(found);
      return Search::kDone;
    }
  }
  // The Organizational Domain has none; the Public Suffix Domain above it has.
  take(walk_->found.back());
  return Search::kDone;
}

/// RFC 7489 §6.6.3.
Search Judge::discover_by_list() {
  const std::string& author = verdict_.author_domain;
  const std::string organization = by_list(author);
  for (const std::string& domain : {author, organization}) {
    Lookup found = discovery_.look(domain);
    if (found.search == Search::kFailed) problem_ = std::move(found.problem);
    if (found.search != Search::kDone) return found.search;
    if (found.records > 1) {
      problem_ = fmt::format("{} has more than one DMARC record", domain);
      return Search::kDone;
    }
    if (found.only) {
      take({domain, *std::move(found.only)});
      return Search::kDone;
    }
    if (author == organization) break;
  }
  return Search::kDone;
}

/// RFC 9989 §4.10.2, RFC 7489 §3.1.
Alignment Judge::aligned(const Identifier& identifier, Mode mode) {
  const std::string& author = verdict_.author_domain;
  const auto domain = lookup::a_labels(identifier.domain);
  if (!domain) return Alignment::kNo;
  if (*domain == author) return Alignment::kYes;
  if (mode == Mode::kStrict) return Alignment::kNo;
  if (request_.method == Method::kPublicSuffixList) {
    return by_list(*domain) == by_list(author) ? Alignment::kYes : Alignment::kNo;
  }
  if (walk_->search == Search::kFailed) {
    problem_ = walk_->problem;
    return Alignment::kFailed;
  }
  const std::string organization = walk_->organizational_domain();
  // Its own organization is it, or above it: others need no walk.
  if (!lookup::is_within(*domain, organization)) return Alignment::kNo;
  const Walk walk = discovery_.walk(*domain);
  if (walk.search == Search::kMissing) return Alignment::kMissing;
  if (walk.search == Search::kFailed) {
    problem_ = walk.problem;
    return Alignment::kFailed;
  }
  return walk.organizational_domain() == organization ? Alignment::kYes : Alignment::kNo;
}

std::optional<Verdict> Judge::align() {
  bool missing = false;
  bool failed = false;
  std::string with;
  const auto consider = [&](const Identifier& identifier, Mode mode, std::string_view method,
                            bool& flag) {
    if (identifier.domain.empty() || identifier.check == Check::kFail || flag) return;
    const Alignment alignment = aligned(identifier, mode);
    missing |= alignment == Alignment::kMissing;
    failed |= alignment == Alignment::kFailed;
    if (alignment != Alignment::kYes) return;
    if (identifier.check == Check::kTemperror) {
      // RFC 7489 §6.6.2: it might have passed.
      failed = true;
      problem_ = fmt::format("{} of {} has no result for now", method, identifier.domain);
      return;
    }
    flag = true;
    with += fmt::format("{}{} of {}", with.empty() ? "" : ", ", method, identifier.domain);
  };
  consider(request_.spf, verdict_.record.spf, "SPF", verdict_.spf_aligned);
  const std::size_t count = std::min(request_.dkim.size(), kIdentifiersMax);
  for (std::size_t i = 0; i < count; ++i) {
    consider(request_.dkim[i], verdict_.record.dkim, "DKIM", verdict_.dkim_aligned);
  }
  if (missing) return std::nullopt;
  if (verdict_.spf_aligned || verdict_.dkim_aligned) {
    verdict_.result = Result::kPass;
    verdict_.reason = fmt::format("{} is aligned with {}", with, verdict_.author_domain);
    const auto policy = published();
    if (!policy) return std::nullopt;
    verdict_.published = *policy;
    return std::move(verdict_);
  }
  if (failed) return temperror();
  return fail();
}

/// p, sp or np (RFC 9989 §4.10.1). nullopt: whether the author domain exists is not known yet.
std::optional<Policy> Judge::published() {
  const Record& record = verdict_.record;
  const Policy own = record.policy.value_or(Policy::kNone);
  if (verdict_.policy_domain == verdict_.author_domain) return own;
  const Policy sub = record.subdomain_policy.value_or(own);
  if (!record.nonexistent_policy || *record.nonexistent_policy == sub ||
      verdict_.result == Result::kPass) {
    return sub;
  }
  // §3.2.13, Appendix A.4: NXDOMAIN, whatever is asked for. A failure: it exists, for all we know.
  const Answer* answer = discovery_.ask(verdict_.author_domain, lookup::Type::kA);
  if (answer == nullptr) return std::nullopt;
  return answer->status == Answer::Status::kNxDomain ? *record.nonexistent_policy : sub;
}

std::optional<Verdict> Judge::fail() {
  const auto policy = published();
  if (!policy) return std::nullopt;
  verdict_.result = Result::kFail;
  verdict_.published = verdict_.requested = *policy;
  const Record& record = verdict_.record;
  std::string reason =
      fmt::format("neither SPF nor DKIM is aligned with {}; {} asks for {}", verdict_.author_domain,
                  verdict_.policy_domain, name_of(*policy));
  // §4.7: t is what pct=0 was; RFC 7489 §6.6.4. RFC 9989 has no pct, but whoever has published it
  // asks for no more than a part of failing mail to be treated so.
  if (record.testing) {
    verdict_.requested = milder(*policy);
    reason += ", as a test (t=y)";
  } else if (request_.sample >= record.percent) {
    verdict_.requested = milder(*policy);
    reason += fmt::format(", for {} % of such mail", record.percent);
  }
  switch (verdict_.requested) {
    case Policy::kNone: break;
    case Policy::kQuarantine: verdict_.action = Action::kQuarantine; break;
    case Policy::kReject:
      verdict_.action =
          request_.policy_alone == PolicyAlone::kRefuses ? Action::kRefuse : Action::kQuarantine;
      break;
  }
  // RFC 9989 Appendix B.3.1.
  const Overrides& known = request_.overrides;
  if (verdict_.action != Action::kNone) {
    std::string because;
    if (!known.arc_sealer.empty()) {
      because = fmt::format("{} vouches for it (ARC)", known.arc_sealer);
    } else if (!known.mailing_list.empty()) {
      because = fmt::format("it came by the list {}", known.mailing_list);
    } else if (!known.forwarder.empty()) {
      because = fmt::format("{} forwards it", known.forwarder);
    }
    if (!because.empty()) {
      verdict_.action = Action::kNone;
      reason += fmt::format("; not applied, for {}", because);
    }
  }
  verdict_.reason = std::move(reason);
  return std::move(verdict_);
}

/// The worse of two: what fails, by its action; then what is not known; then what is not said.
int rank(const Verdict& verdict) {
  switch (verdict.result) {
    case Result::kFail:
      return 10 + 4 * static_cast<int>(verdict.action) + static_cast<int>(verdict.requested);
    case Result::kPermerror: return 4;
    case Result::kTemperror: return 3;
    case Result::kNone: return 2;
    case Result::kPass: return 1;
  }
  return 0;
}

Verdict permerror(std::string reason) {
  Verdict out;
  out.result = Result::kPermerror;
  out.reason = std::move(reason);
  return out;
}

}  // namespace

std::string_view name_of(Result result) {
  switch (result) {
    case Result::kNone: return "none";
    case Result::kPass: return "pass";
    case Result::kFail: return "fail";
    case Result::kTemperror: return "temperror";
    case Result::kPermerror: return "permerror";
  }
  return "";
}

Verdict evaluate(const Request& request, lookup::Asker& asker) {
  // RFC 5322 §3.6 wants one. RFC 9989 §4.4: nothing can be aligned with another number of them.
  if (request.from_fields != 1) {
    return permerror(
        fmt::format("the message has {} From fields; it must have one", request.from_fields));
  }
  std::vector<std::string> authors;
  for (const std::string& domain : request.author_domains) {
    auto author = lookup::a_labels(domain);
    if (!author || !lookup::is_mail_domain(*author)) {
      return permerror(
          fmt::format("the From field has an address without a domain that can be "
                      "asked for: \"{}\"",
                      domain.substr(0, 255)));
    }
    if (std::ranges::find(authors, *author) == authors.end()) authors.push_back(*std::move(author));
    if (authors.size() > kAuthorDomainsMax) {
      return permerror(fmt::format("the From field has more than {} domains", kAuthorDomainsMax));
    }
  }
  if (authors.empty()) return permerror("the From field has no address with a domain");

  Discovery discovery(asker);
  std::optional<Verdict> worst;
  for (const std::string& author : authors) {
    auto verdict = Judge(request, discovery).run(author);
    if (!verdict) continue;  // missing: the others ask in the same round
    if (!worst || rank(*verdict) > rank(*worst)) worst = std::move(verdict);
  }
  Verdict out = worst ? *std::move(worst) : Verdict{};
  out.asked = discovery.asked();
  return out;
}

}  // namespace hikyaku::dmarc
