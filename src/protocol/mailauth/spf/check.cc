// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/spf/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "protocol/mailauth/lookup/name.h"

namespace hikyaku::spf {
namespace {

using lookup::Answer;
using lookup::Type;
using Status = lookup::Answer::Status;

/// What a mechanism comes to (RFC 7208 §4.6.2). kUnknown: an answer of DNS is missing.
enum class Outcome : unsigned char { kNoMatch, kMatch, kTemperror, kPermerror, kUnknown };

/// Whether a record speaks for the identity, or is asked by another record (§5.2).
enum class Nesting : unsigned char { kTop, kIncluded };

/// As it is in ASCII, so that macros and explanations show what was said; else its A-labels.
std::string as_asked(std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (is_ascii(domain)) return std::string(domain);
  return lookup::a_labels(domain).value_or(std::string(domain));
}

class Check {
 public:
  Check(const Request& request, lookup::Asker& asker) : request_(request), asker_(asker) {
    const bool helo = request.identity == Identity::kHelo || request.domain.empty();
    result_.domain = as_asked(helo ? request.helo : request.domain);
    values_.local_part = helo || request.local_part.empty() ? "postmaster" : request.local_part;
    values_.sender_domain = result_.domain;
    values_.ip = request.client.dotted();
    values_.ip_text = request.client.text();
    values_.ip_zone = request.client.is_v4() ? "in-addr" : "ip6";
    values_.helo = as_asked(request.helo);
    values_.receiver = request.receiver.empty() ? "unknown" : request.receiver;
    values_.now_s = request.now_s;
  }

  Result run() {
    if (!lookup::is_mail_domain(result_.domain)) {
      // §4.3; a literal, or a host that does not know its own name (§2.3).
      problem(Verdict::kNone, fmt::format("\"{}\" is not a domain name", result_.domain));
      return std::move(result_);
    }
    // Without a verdict something is missing, and nobody looks at this.
    result_.verdict = check(result_.domain, Nesting::kTop).value_or(Verdict::kTemperror);
    std::ranges::reverse(result_.matched);
    if (!result_.problem.empty()) result_.matched.clear();
    return std::move(result_);
  }

 private:
  std::optional<Verdict> check(const std::string& domain, Nesting nesting);
  std::optional<Verdict> follow(const Record& record, const std::string& domain, Nesting nesting);
  std::optional<Verdict> redirect(const Record& record, const std::string& domain, Nesting nesting);
  Outcome evaluate(const Directive& directive, const std::string& domain);
  Outcome include(const std::string& target);
  Outcome addresses(const Directive& directive, const std::string& target);
  Outcome exists(const std::string& target);
  Outcome mx(const Directive& directive, const std::string& target);
  Outcome ptr(const std::string& target);
  bool explain(const Record& record, const std::string& domain);
  void prefetch(const Record& record, std::size_t from, const std::string& domain);

  /// Null: missing.
  const Answer* ask(std::string_view name, Type type) {
    lookup::Question question = lookup::question(name, type);
    if (std::ranges::find(result_.asked, question) == result_.asked.end()) {
      result_.asked.push_back(question);
    }
    return asker_.ask(question);
  }
  [[nodiscard]] Type address_type() const {
    return request_.client.is_v4() ? Type::kA : Type::kAaaa;
  }

  Verdict problem(Verdict verdict, std::string text) {
    result_.problem = std::move(text);
    return verdict;
  }
  Outcome problem(Outcome outcome, std::string text) {
    result_.problem = std::move(text);
    return outcome;
  }
  Outcome temperror(std::string_view name, Type type, const Answer& answer) {
    return problem(Outcome::kTemperror, failure(name, type, answer));
  }
  static std::string failure(std::string_view name, Type type, const Answer& answer) {
    return fmt::format("no answer of DNS for {} {}{}{}", name, lookup::name_of(type),
                       answer.why.empty() ? "" : ": ", answer.why);
  }

  /// One more term that needs DNS. False: one too many (§4.6.4).
  bool count_term() {
    if (++terms_ <= kLookupTermsMax) return true;
    problem(
        Outcome::kPermerror,
        fmt::format("more than {} terms that need DNS; its owner must use fewer", kLookupTermsMax));
    return false;
  }
  /// The outcome of a term whose name has nothing: no match, or one void look-up too many.
  Outcome void_term(std::string_view name) {
    if (++voids_ <= kVoidLookupsMax) return Outcome::kNoMatch;
    return problem(Outcome::kPermerror,
                   fmt::format("more than {} terms that find nothing in DNS; the last is {}",
                               kVoidLookupsMax, name));
  }

  /// Where a term points to. nullopt: `outcome` says why it points nowhere.
  std::optional<std::string> target(std::string_view spec, const std::string& domain,
                                    Outcome& outcome);
  /// The validated name of the client for macro "p", or "unknown". nullopt: missing.
  std::optional<std::string> validated_name(const std::string& domain);
  /// The names that the client's address points to, at most 10. nullopt: missing.
  std::optional<std::vector<std::string>> pointers(bool& found_nothing);
  Outcome points_back(const std::string& name);
  [[nodiscard]] bool has_client(const Answer& answer, unsigned bits) const {
    return std::ranges::any_of(answer.records, [&](const std::string& record) {
      const auto ip = Ip::of_octets(record);
      return ip && request_.client.is_in(*ip, bits);
    });
  }

  const Request& request_;
  lookup::Asker& asker_;
  MacroValues values_;
  Result result_;
  unsigned terms_ = 0;
  unsigned voids_ = 0;
  unsigned foreseen_ = 0;  ///< terms after the one that misses an answer
};

/// RFC 7208 §4.3 to §4.6. nullopt: missing.
std::optional<Verdict> Check::check(const std::string& domain, Nesting nesting) {
  // What a record points to may have any octets in its labels: local parts, for one.
  if (!lookup::has_valid_labels(domain) || !domain.contains('.')) {
    return problem(Verdict::kNone, fmt::format("\"{}\" is not a domain name", domain));
  }
  const Answer* answer = ask(domain, Type::kTxt);
  if (answer == nullptr) return std::nullopt;
  if (answer->status == Status::kFailed) {
    return problem(Verdict::kTemperror, failure(domain, Type::kTxt, *answer));
  }
  // §4.5
  const auto is_record = [](const std::string& text) { return is_spf_record(text); };
  const auto records = std::ranges::count_if(answer->records, is_record);
  if (records == 0) return problem(Verdict::kNone, domain + " has no SPF record");
  if (records > 1) {
    return problem(Verdict::kPermerror, fmt::format("{} has {} SPF records; its owner must leave "
                                                    "one",
                                                    domain, records));
  }
  const auto record = parse_record(*std::ranges::find_if(answer->records, is_record));
  if (!record) {
    return problem(Verdict::kPermerror,
                   fmt::format("the SPF record of {} is broken at octet {}: {}", domain,
                               record.error().position + 1, record.error().what));
  }
  return follow(*record, domain, nesting);
}

std::optional<Verdict> Check::follow(const Record& record, const std::string& domain,
                                     Nesting nesting) {
  for (std::size_t i = 0; i < record.directives.size(); ++i) {
    const Directive& directive = record.directives[i];
    const std::size_t steps = result_.matched.size();
    switch (evaluate(directive, domain)) {
      case Outcome::kUnknown: prefetch(record, i + 1, domain); return std::nullopt;
      case Outcome::kTemperror: return Verdict::kTemperror;
      case Outcome::kPermerror: return Verdict::kPermerror;
      case Outcome::kNoMatch: result_.matched.resize(steps); break;
      case Outcome::kMatch:
        result_.matched.push_back({domain, std::string(directive.text)});
        // §6.2: not of a record that was included.
        if (directive.qualifier == Verdict::kFail && nesting == Nesting::kTop &&
            !explain(record, domain)) {
          return std::nullopt;
        }
        return directive.qualifier;
    }
  }
  if (!record.redirect.empty()) return redirect(record, domain, nesting);
  return Verdict::kNeutral;  // §4.7
}

/// RFC 7208 §6.1.
std::optional<Verdict> Check::redirect(const Record& record, const std::string& domain,
                                       Nesting nesting) {
  if (!count_term()) return Verdict::kPermerror;
  Outcome outcome = Outcome::kNoMatch;
  const auto to = target(record.redirect, domain, outcome);
  if (!to) {
    if (outcome == Outcome::kUnknown) return std::nullopt;
    if (outcome == Outcome::kPermerror) return Verdict::kPermerror;
    // RFC 8616 §4: it stands for no name, as if it were not there.
    return Verdict::kNeutral;
  }
  const std::size_t steps = result_.matched.size();
  const auto verdict = check(*to, nesting);
  if (verdict == Verdict::kNone) {
    return problem(Verdict::kPermerror,
                   fmt::format("redirect={} of {}: {}", record.redirect, domain, result_.problem));
  }
  if (result_.matched.size() > steps) {
    result_.matched.push_back({domain, fmt::format("redirect={}", record.redirect)});
  }
  return verdict;
}

Outcome Check::evaluate(const Directive& directive, const std::string& domain) {
  switch (directive.mechanism) {
    case Mechanism::kAll: return Outcome::kMatch;
    case Mechanism::kIp4:
    case Mechanism::kIp6: {
      const unsigned bits =
          directive.mechanism == Mechanism::kIp4 ? directive.bits_v4 : directive.bits_v6;
      return request_.client.is_in(directive.network, bits) ? Outcome::kMatch : Outcome::kNoMatch;
    }
    default: break;
  }
  if (!count_term()) return Outcome::kPermerror;
  Outcome outcome = Outcome::kNoMatch;
  const auto to = directive.domain_spec.empty() ? std::optional(domain)
                                                : target(directive.domain_spec, domain, outcome);
  if (!to) return outcome;
  if (directive.mechanism == Mechanism::kInclude) return include(*to);
  // §4.8 leaves open what a name is that DNS can't have. It has no addresses.
  if (!lookup::has_valid_labels(*to)) return Outcome::kNoMatch;
  switch (directive.mechanism) {
    case Mechanism::kA: return addresses(directive, *to);
    case Mechanism::kMx: return mx(directive, *to);
    case Mechanism::kPtr: return ptr(*to);
    case Mechanism::kExists: return exists(*to);
    default: return Outcome::kNoMatch;
  }
}

std::optional<std::string> Check::target(std::string_view spec, const std::string& domain,
                                         Outcome& outcome) {
  // RFC 8616 §4: such a term matches nothing.
  if (!is_ascii(values_.local_part) && uses_macro(spec, "sl")) return std::nullopt;
  if (uses_macro(spec, "p")) {
    // RFC 7208 §4.6.4: its PTR counts among the terms.
    if (!count_term()) {
      outcome = Outcome::kPermerror;
      return std::nullopt;
    }
    auto name = validated_name(domain);
    if (!name) {
      outcome = Outcome::kUnknown;
      return std::nullopt;
    }
    values_.validated = *std::move(name);
  }
  values_.domain = domain;
  return expand_domain(spec, values_);
}

/// RFC 7208 §5.2.
Outcome Check::include(const std::string& target) {
  const auto verdict = check(target, Nesting::kIncluded);
  if (!verdict) return Outcome::kUnknown;
  switch (*verdict) {
    case Verdict::kPass: return Outcome::kMatch;
    case Verdict::kTemperror: return Outcome::kTemperror;
    case Verdict::kPermerror: return Outcome::kPermerror;
    case Verdict::kNone:
      return problem(Outcome::kPermerror, fmt::format("include:{}: {}", target, result_.problem));
    default: return Outcome::kNoMatch;
  }
}

/// RFC 7208 §5.3.
Outcome Check::addresses(const Directive& directive, const std::string& target) {
  const Answer* answer = ask(target, address_type());
  if (answer == nullptr) return Outcome::kUnknown;
  if (answer->status == Status::kFailed) return temperror(target, address_type(), *answer);
  if (answer->records.empty()) return void_term(target);
  const unsigned bits = request_.client.is_v4() ? directive.bits_v4 : directive.bits_v6;
  return has_client(*answer, bits) ? Outcome::kMatch : Outcome::kNoMatch;
}

/// RFC 7208 §5.7: A, whatever the client's family.
Outcome Check::exists(const std::string& target) {
  const Answer* answer = ask(target, Type::kA);
  if (answer == nullptr) return Outcome::kUnknown;
  if (answer->status == Status::kFailed) return temperror(target, Type::kA, *answer);
  return answer->records.empty() ? void_term(target) : Outcome::kMatch;
}

/// RFC 7208 §5.4.
Outcome Check::mx(const Directive& directive, const std::string& target) {
  const Answer* answer = ask(target, Type::kMx);
  if (answer == nullptr) return Outcome::kUnknown;
  if (answer->status == Status::kFailed) return temperror(target, Type::kMx, *answer);
  if (answer->records.empty()) return void_term(target);
  // §4.6.4. Said of all of them, so that the result does not hang on the order of equal ones.
  if (answer->records.size() > kAddressLookupsMax) {
    return problem(Outcome::kPermerror,
                   fmt::format("{} has more than {} MX records", target, kAddressLookupsMax));
  }
  std::vector<const Answer*> answers;
  std::vector<std::string_view> hosts;
  for (const std::string& host : answer->records) {
    if (!lookup::has_valid_labels(host)) continue;  // "" is RFC 7505's null MX
    hosts.push_back(host);
    answers.push_back(ask(host, address_type()));
  }
  const unsigned bits = request_.client.is_v4() ? directive.bits_v4 : directive.bits_v6;
  bool nothing = true;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i] == nullptr) return Outcome::kUnknown;
    if (answers[i]->status == Status::kFailed) {
      return temperror(hosts[i], address_type(), *answers[i]);
    }
    if (has_client(*answers[i], bits)) return Outcome::kMatch;
    nothing &= answers[i]->records.empty();
  }
  // A void term is one for which DNS had nothing; a host without AAAA beside one with is none.
  return nothing ? void_term(target) : Outcome::kNoMatch;
}

std::optional<std::vector<std::string>> Check::pointers(bool& found_nothing) {
  const Answer* answer = ask(request_.client.reverse_name(), Type::kPtr);
  if (answer == nullptr) return std::nullopt;
  found_nothing = answer->status != Status::kFailed && answer->records.empty();
  std::vector<std::string> out;
  // §4.6.4: "all records other than the first 10 MUST be ignored".
  for (const std::string& name : answer->records) {
    if (out.size() == kAddressLookupsMax) break;
    if (lookup::has_valid_labels(name)) out.push_back(name);
  }
  return out;
}

/// kMatch: the name has the client's address. Errors skip the name (§5.5).
Outcome Check::points_back(const std::string& name) {
  const Answer* answer = ask(name, address_type());
  if (answer == nullptr) return Outcome::kUnknown;
  const bool found =
      answer->status == Status::kFound && has_client(*answer, request_.client.is_v4() ? 32 : 128);
  return found ? Outcome::kMatch : Outcome::kNoMatch;
}

/// RFC 7208 §5.5, with erratum 4751: the validated name is the target, or below it.
Outcome Check::ptr(const std::string& target) {
  bool nothing = false;
  const auto names = pointers(nothing);
  if (!names) return Outcome::kUnknown;
  if (nothing) return void_term(request_.client.reverse_name());
  // Only these can match, so only these are asked for, and at once.
  std::vector<Outcome> outcomes;
  for (const std::string& name : *names) {
    if (lookup::is_within(name, target)) outcomes.push_back(points_back(name));
  }
  const auto end = std::ranges::find_if(outcomes, [](Outcome o) { return o != Outcome::kNoMatch; });
  return end == outcomes.end() ? Outcome::kNoMatch : *end;
}

std::optional<std::string> Check::validated_name(const std::string& domain) {
  bool nothing = false;
  const auto names = pointers(nothing);
  if (!names) return std::nullopt;
  // §7.3: the domain itself, else a subdomain of it, else any.
  std::vector<std::string> sorted;
  for (int rank = 0; rank < 3; ++rank) {
    for (const std::string& name : *names) {
      const bool within = lookup::is_within(name, domain);
      if (rank == (!within ? 2 : name.size() == domain.size() ? 0 : 1)) sorted.push_back(name);
    }
  }
  std::vector<Outcome> outcomes;
  outcomes.reserve(sorted.size());
  for (const std::string& name : sorted) outcomes.push_back(points_back(name));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i] == Outcome::kUnknown) return std::nullopt;
    if (outcomes[i] == Outcome::kMatch) return sorted[i];
  }
  return "unknown";
}

/// RFC 7208 §6.2: whatever is wrong with it, there is just no explanation. False: missing.
bool Check::explain(const Record& record, const std::string& domain) {
  if (record.explanation.empty()) return true;
  // §4.6.4: what it asks for is not counted.
  const unsigned terms = std::exchange(terms_, 0);
  Outcome outcome = Outcome::kNoMatch;
  const auto from = target(record.explanation, domain, outcome);
  terms_ = terms;
  if (!from) return outcome != Outcome::kUnknown;
  if (!lookup::has_valid_labels(*from)) return true;
  const Answer* answer = ask(*from, Type::kTxt);
  if (answer == nullptr) return false;
  if (answer->status != Status::kFound || answer->records.size() != 1) return true;
  const std::string& text = answer->records.front();
  if (check_macros(text, MacroUse::kExplanation)) return true;
  if (uses_macro(text, "p")) {
    auto name = validated_name(domain);
    if (!name) return false;
    values_.validated = *std::move(name);
  }
  values_.domain = domain;
  std::string said = expand_explanation(text, values_, kExplanationOctetsMax);
  // "MUST be limited to [US-ASCII]"; it goes into a reply.
  const bool printable = std::ranges::all_of(said, [](char c) { return c >= ' ' && c < '\x7f'; });
  if (printable) result_.explanation = std::move(said);
  return true;
}

/// Asks what the terms after one that misses an answer ask for first: as many as the limits allow,
/// up to one that ends the record without DNS.
void Check::prefetch(const Record& record, std::size_t from, const std::string& domain) {
  for (std::size_t i = from; i < record.directives.size(); ++i) {
    const Directive& directive = record.directives[i];
    if (directive.mechanism == Mechanism::kAll) return;
    if (directive.mechanism == Mechanism::kIp4 || directive.mechanism == Mechanism::kIp6) {
      if (evaluate(directive, domain) == Outcome::kMatch) return;
      continue;
    }
    if (terms_ + foreseen_ >= kLookupTermsMax) return;
    ++foreseen_;
    if (directive.mechanism == Mechanism::kExists || uses_macro(directive.domain_spec, "slp")) {
      continue;
    }
    values_.domain = domain;
    const std::string to =
        directive.domain_spec.empty() ? domain : expand_domain(directive.domain_spec, values_);
    if (!lookup::has_valid_labels(to)) continue;
    switch (directive.mechanism) {
      case Mechanism::kInclude: asker_.ask(lookup::question(to, Type::kTxt)); break;
      case Mechanism::kA: asker_.ask(lookup::question(to, address_type())); break;
      case Mechanism::kMx: asker_.ask(lookup::question(to, Type::kMx)); break;
      default: asker_.ask(lookup::question(request_.client.reverse_name(), Type::kPtr)); break;
    }
  }
}

}  // namespace

Result check_host(const Request& request, lookup::Asker& asker) {
  return Check(request, asker).run();
}

std::string describe(const Request& request, const Result& result) {
  if (!result.problem.empty()) return result.problem;
  if (result.matched.empty()) {
    return fmt::format("nothing in the SPF record of {} matches {}", result.domain,
                       request.client.text());
  }
  const Step& last = result.matched.back();
  std::string out =
      fmt::format("{} matches {} of {}", request.client.text(), last.term, last.domain);
  for (std::size_t i = result.matched.size() - 1; i-- > 0;) {
    out += fmt::format("{}{} of {}", i + 2 == result.matched.size() ? " (" : ", ",
                       result.matched[i].term, result.matched[i].domain);
  }
  if (result.matched.size() > 1) out += ')';
  return out;
}

}  // namespace hikyaku::spf
