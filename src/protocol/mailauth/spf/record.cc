// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/spf/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace hikyaku::spf {
namespace {

constexpr std::string_view kVersion = "v=spf1";

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_alpha(char c) { return small(c) >= 'a' && small(c) <= 'z'; }

/// ABNF strings have no case (RFC 5234 §2.3).
bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return small(x) == small(y); });
}

/// What a mechanism may have after its name.
enum class Argument : unsigned char { kNothing, kDomain, kOptionalDomain, kNetwork };
struct Grammar {
  std::string_view name;
  Mechanism mechanism;
  Argument argument;
  bool dual_cidr;
};
constexpr std::array kGrammar = {
    Grammar{"all", Mechanism::kAll, Argument::kNothing, false},
    Grammar{"include", Mechanism::kInclude, Argument::kDomain, false},
    Grammar{"a", Mechanism::kA, Argument::kOptionalDomain, true},
    Grammar{"mx", Mechanism::kMx, Argument::kOptionalDomain, true},
    Grammar{"ptr", Mechanism::kPtr, Argument::kOptionalDomain, false},
    Grammar{"ip4", Mechanism::kIp4, Argument::kNetwork, false},
    Grammar{"ip6", Mechanism::kIp6, Argument::kNetwork, false},
    Grammar{"exists", Mechanism::kExists, Argument::kDomain, false},
};

std::optional<Verdict> qualifier_of(char c) {
  switch (c) {
    case '+': return Verdict::kPass;
    case '-': return Verdict::kFail;
    case '~': return Verdict::kSoftfail;
    case '?': return Verdict::kNeutral;
    default: return std::nullopt;
  }
}

/// Takes "/" number off the end, if it is there. Errors: the number is none, or over `max`.
std::expected<std::optional<unsigned>, SyntaxError> take_cidr(std::string_view& text, unsigned max,
                                                              std::size_t position) {
  const std::size_t slash = text.find_last_not_of("0123456789");
  if (slash == std::string_view::npos || slash + 1 == text.size() || text[slash] != '/') {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(slash + 1);
  unsigned value = max + 1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  // RFC 7208 §5.6: "0" / %x31-39 0*1DIGIT: no leading zero.
  if (error != std::errc() || value > max || (digits.size() > 1 && digits.front() == '0')) {
    return std::unexpected(
        SyntaxError{position + slash + 1, fmt::format("expected a prefix length of 0 to {}", max)});
  }
  text = text.substr(0, slash);
  return value;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::expected<Record, SyntaxError> run() {
    // RFC 7208 §4.6.1: terms = *( 1*SP ( directive / modifier ) ); §4.5: *SP at the end.
    std::size_t at = kVersion.size();
    while (at < text_.size() && !error_) {
      if (text_[at] == ' ') {
        ++at;
        continue;
      }
      const std::size_t end = std::min(text_.find(' ', at), text_.size());
      term(text_.substr(at, end - at), at);
      at = end;
    }
    if (error_) return std::unexpected(*std::move(error_));
    // §5.1, §6.1: an "all" anywhere voids it.
    if (std::ranges::find(record_.directives, Mechanism::kAll, &Directive::mechanism) !=
        record_.directives.end()) {
      record_.redirect = {};
    }
    return std::move(record_);
  }

 private:
  void fail(std::size_t position, std::string what) {
    error_ = SyntaxError{position, std::move(what)};
  }
  /// True: `error`, if any, is the record's, which `at` octets of it come before.
  bool failed(std::optional<SyntaxError> error, std::size_t at) {
    if (!error) return false;
    fail(at + error->position, std::move(error->what));
    return true;
  }

  void term(std::string_view text, std::size_t at) {
    // name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ), then "=": a modifier.
    std::size_t n = 0;
    while (n < text.size() &&
           (is_alpha(text[n]) ||
            (n > 0 && (is_digit(text[n]) || text[n] == '-' || text[n] == '_' || text[n] == '.')))) {
      ++n;
    }
    if (n > 0 && n < text.size() && text[n] == '=') {
      modifier(text.substr(0, n), text.substr(n + 1), at + n + 1);
    } else {
      directive(text, at);
    }
  }

  void modifier(std::string_view name, std::string_view value, std::size_t at) {
    const bool redirect = same(name, "redirect");
    if (!redirect && !same(name, "exp")) {
      // Unknown modifiers are ignored, but have a syntax (§6).
      failed(check_macros(value, MacroUse::kModifier), at);
      return;
    }
    if (failed(check_domain_spec(value), at)) return;
    auto& place = redirect ? record_.redirect : record_.explanation;
    // §6: not more than once each.
    if (!place.empty())
      return fail(at, fmt::format("the second {}=", redirect ? "redirect" : "exp"));
    place = value;
  }

  void directive(std::string_view text, std::size_t at) {
    Directive out;
    out.text = text;
    if (const auto qualifier = qualifier_of(text.front())) {
      out.qualifier = *qualifier;
      text.remove_prefix(1);
      ++at;
    }
    const std::size_t name = std::min(text.find_first_of(":/"), text.size());
    const auto* grammar = std::ranges::find_if(
        kGrammar, [&](const Grammar& g) { return same(g.name, text.substr(0, name)); });
    if (grammar == kGrammar.end()) return fail(at, "expected a mechanism or a modifier");
    out.mechanism = grammar->mechanism;
    if (arguments(*grammar, text.substr(name), at + name, out)) record_.directives.push_back(out);
  }

  /// False: there is an error.
  bool arguments(const Grammar& grammar, std::string_view text, std::size_t at, Directive& out) {
    if (grammar.argument == Argument::kNetwork) return network(text, at, out);
    if (grammar.dual_cidr && !dual_cidr(text, at, out)) return false;
    if (text.empty()) {
      if (grammar.argument != Argument::kDomain) return true;
      fail(at, "expected ':' and a domain name");
      return false;
    }
    if (grammar.argument == Argument::kNothing || text.front() != ':') {
      fail(at, "expected a space, or the end of the record");
      return false;
    }
    out.domain_spec = text.substr(1);
    return !failed(check_domain_spec(out.domain_spec), at + 1);
  }

  /// dual-cidr-length = [ ip4-cidr-length ] [ "/" ip6-cidr-length ]. It ends the term, and no
  /// domain-spec can end like it.
  bool dual_cidr(std::string_view& text, std::size_t at, Directive& out) {
    std::string_view rest = text;
    // "//64" or "/24//64": the last number is IPv6's.
    const std::size_t slash = rest.find_last_not_of("0123456789");
    const bool six = slash != std::string_view::npos && slash > 0 && rest[slash] == '/' &&
                     rest[slash - 1] == '/' && slash + 1 < rest.size();
    if (six) {
      const auto bits = take_cidr(rest, 128, at);
      if (!bits) return failed(bits.error(), 0), false;
      out.bits_v6 = bits->value_or(128);
      rest.remove_suffix(1);
    }
    const auto bits = take_cidr(rest, 32, at);
    if (!bits) return failed(bits.error(), 0), false;
    out.bits_v4 = bits->value_or(32);
    text = rest;
    return true;
  }

  bool network(std::string_view text, std::size_t at, Directive& out) {
    const bool four = out.mechanism == Mechanism::kIp4;
    if (text.empty() || text.front() != ':') {
      fail(at, "expected ':' and a network");
      return false;
    }
    const auto bits = take_cidr(text, four ? 32 : 128, at);
    if (!bits) return failed(bits.error(), 0), false;
    (four ? out.bits_v4 : out.bits_v6) = bits->value_or(four ? 32 : 128);
    const auto ip = four ? Ip::parse_v4(text.substr(1)) : Ip::parse_v6(text.substr(1));
    if (!ip) {
      fail(at + 1, four ? "expected an IPv4 network" : "expected an IPv6 network");
      return false;
    }
    out.network = *ip;
    return true;
  }

  std::string_view text_;
  Record record_;
  std::optional<SyntaxError> error_;
};

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNone: return "none";
    case Verdict::kNeutral: return "neutral";
    case Verdict::kPass: return "pass";
    case Verdict::kFail: return "fail";
    case Verdict::kSoftfail: return "softfail";
    case Verdict::kTemperror: return "temperror";
    case Verdict::kPermerror: return "permerror";
  }
  return "";
}

bool is_spf_record(std::string_view text) {
  return same(text.substr(0, kVersion.size()), kVersion) &&
         (text.size() == kVersion.size() || text[kVersion.size()] == ' ');
}

std::expected<Record, SyntaxError> parse_record(std::string_view text) {
  if (text.size() > kRecordOctetsMax) {
    return std::unexpected(
        SyntaxError{kRecordOctetsMax, fmt::format("more than {} octets", kRecordOctetsMax)});
  }
  return Parser(text).run();
}

}  // namespace hikyaku::spf
