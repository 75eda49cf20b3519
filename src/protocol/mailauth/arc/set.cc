// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/arc/set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "protocol/mailauth/dkim/tag_list.h"
#include "protocol/mailauth/dkim/tag_value.h"

namespace hikyaku::arc {
namespace {

constexpr std::string_view kResultsName = "arc-authentication-results";
constexpr std::string_view kSignatureName = "arc-message-signature";
constexpr std::string_view kSealName = "arc-seal";

/// position = 1*2DIGIT, 1 to 50 (§4.2.1).
Result<unsigned> read_instance(std::string_view text) {
  const auto number = dkim::decode_number(text, 2);
  if (!number || *number < 1 || *number > kInstancesMax)
    return permanent("i= is no instance from 1 to 50");
  return static_cast<unsigned>(*number);
}

Result<unsigned> instance_of(const dkim::TagList& tags) {
  const auto* tag = tags.find("i");
  return read_instance(tag == nullptr ? std::string_view() : tag->value);
}

/// Walks over white space, folds and comments (RFC 5322 §3.2.2).
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  void skip_cfws() {
    std::size_t depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '(') {
        ++depth;
      } else if (c == ')' && depth > 0) {
        --depth;
      } else if (c == '\\' && depth > 0) {
        ++at_;
      } else if (depth == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n') {
        return;
      }
    }
    at_ = text_.size();
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view digits() {
    const auto begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return text_.substr(begin, at_ - begin);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Reads a chain; stops at the first thing that makes it invalid.
class Reader {
 public:
  explicit Reader(const dkim::Header& header) : header_(header) {}

  Chain read() {
    const std::array places = {&header_.named(kResultsName), &header_.named(kSignatureName),
                               &header_.named(kSealName)};
    if (std::ranges::all_of(places, [](const auto* all) { return all->empty(); })) return {};
    chain_.full =
        std::ranges::any_of(places, [](const auto* all) { return all->size() >= kInstancesMax; });
    const auto over = [](const auto* all) { return all->size() > kInstancesMax; };
    if (std::ranges::any_of(places, over)) {
      // §5.2, step 1. What the highest is doesn't matter: nothing can be behind 50.
      chain_.highest = kInstancesMax;
      problem("more than 50 sets");
      return std::move(chain_);
    }
    for (const auto place : *places[0]) results(place);
    for (const auto place : *places[1]) signature(place);
    for (const auto place : *places[2]) seal(place);
    check();
    return std::move(chain_);
  }

 private:
  struct Slots {
    std::optional<std::size_t> results;
    std::optional<std::size_t> signature_field;
    std::optional<std::size_t> seal_field;
    Set set;
  };

  void problem(std::string what) {
    if (chain_.problem.empty()) chain_.problem = std::move(what);
  }

  /// False: there is one already.
  bool put(std::optional<std::size_t>& slot, std::size_t place, unsigned instance,
           std::string_view what) {
    chain_.highest = std::max(chain_.highest, instance);
    if (slot) problem(fmt::format("two {} of instance {}", what, instance));
    return !std::exchange(slot, place).has_value();
  }

  void results(std::size_t place) {
    const auto instance = results_instance(header_.fields()[place].value);
    if (!instance) return problem("ARC-Authentication-Results: " + instance.error().text);
    put(slots_[*instance].results, place, *instance, "ARC-Authentication-Results");
  }

  void signature(std::size_t place) {
    auto read = parse_message_signature(header_.fields()[place].value);
    if (!read) return problem("ARC-Message-Signature: " + read.error().text);
    auto& slots = slots_[read->instance];
    if (put(slots.signature_field, place, read->instance, "ARC-Message-Signature"))
      slots.set.signature = *std::move(read);
  }

  void seal(std::size_t place) {
    auto read = parse_seal(header_.fields()[place].value);
    if (!read) return problem("ARC-Seal: " + read.error().text);
    auto& slots = slots_[read->instance];
    if (put(slots.seal_field, place, read->instance, "ARC-Seal")) slots.set.seal = *std::move(read);
  }

  /// Steps 2 and 3 of §5.2.
  void check() {
    const auto& last = slots_[chain_.highest];
    chain_.ended = last.seal_field && last.set.seal.status == ChainStatus::kFail;
    if (chain_.ended) problem("the highest seal says cv=fail");
    for (unsigned i = 1; i <= chain_.highest; ++i) {
      auto& slots = slots_[i];
      if (!slots.results || !slots.signature_field || !slots.seal_field) {
        problem(fmt::format("set {} is not whole", i));
      } else if (slots.set.seal.status != (i == 1 ? ChainStatus::kNone : ChainStatus::kPass)) {
        problem(fmt::format("cv= of seal {} is {}", i, name_of(slots.set.seal.status)));
      } else {
        slots.set.results = *slots.results;
        slots.set.signature_field = *slots.signature_field;
        slots.set.seal_field = *slots.seal_field;
        chain_.sets.push_back(std::move(slots.set));
      }
    }
    if (!chain_.problem.empty()) chain_.sets.clear();
  }

  const dkim::Header& header_;
  std::array<Slots, kInstancesMax + 1> slots_;
  Chain chain_;
};

}  // namespace

std::string_view name_of(ChainStatus status) {
  switch (status) {
    case ChainStatus::kNone: return "none";
    case ChainStatus::kPass: return "pass";
    case ChainStatus::kFail: return "fail";
  }
  return "";
}

Result<Seal> parse_seal(std::string_view value) {
  HK_ASSIGN(const auto tags, dkim::TagList::parse(value));
  Seal out;
  HK_ASSIGN(out.instance, instance_of(tags));
  HK_TRY(dkim::read_signing(tags, out));
  // §4.1.3: "the DKIM "h" tag is NOT allowed and, if found, MUST result in a cv status of "fail"".
  if (tags.find("h") != nullptr) return permanent("h= is not allowed");
  const auto* status = tags.find("cv");
  for (const auto known : {ChainStatus::kNone, ChainStatus::kPass, ChainStatus::kFail}) {
    if (status != nullptr && status->value == name_of(known)) {
      out.status = known;
      return out;
    }
  }
  return permanent("cv= is neither none, pass nor fail");
}

Result<MessageSignature> parse_message_signature(std::string_view value) {
  HK_ASSIGN(const auto tags, dkim::TagList::parse(value));
  MessageSignature out;
  HK_ASSIGN(static_cast<dkim::Signature&>(out), dkim::read_signature(tags, dkim::FieldNames::kAny));
  HK_ASSIGN(out.instance, instance_of(tags));
  // Why: by RFC 6376 §3.5 it would be simple. Sealers use relaxed, and the public tests and dkimpy
  // take it so where it is not said.
  if (tags.find("c") == nullptr) out.header = out.body = dkim::Canonicalization::kRelaxed;
  if (std::ranges::find(out.signed_fields, kSealName) != out.signed_fields.end())
    return permanent("h= holds ARC-Seal");
  return out;
}

Result<unsigned> results_instance(std::string_view value) {
  // arc-info = instance [CFWS] ";" authres-payload
  Walker walker(value);
  walker.skip_cfws();
  if (!walker.take('i')) return permanent("it does not begin with i=");
  walker.skip_cfws();
  if (!walker.take('=')) return permanent("it does not begin with i=");
  walker.skip_cfws();
  HK_ASSIGN(const auto instance, read_instance(walker.digits()));
  walker.skip_cfws();
  if (!walker.take(';')) return permanent("no \";\" behind i=");
  return instance;
}

Chain read_chain(const dkim::Header& header) { return Reader(header).read(); }

}  // namespace hikyaku::arc
