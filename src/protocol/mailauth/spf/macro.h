// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::spf {

/// Where a text that has a syntax of its own breaks it.
struct SyntaxError {
  std::size_t position = 0;  ///< of the first octet that can't stand there; 0 is the first
  std::string what;          ///< lower case, what was expected
};

/// Which macro letters there are: c, r and t only in explanations (RFC 7208 §7.2).
enum class MacroUse : unsigned char { kTerm, kModifier, kExplanation };

/// nullopt: the text is a macro-string, or for kExplanation an explain-string (RFC 7208 §7.1).
std::optional<SyntaxError> check_macros(std::string_view text, MacroUse use);
/// nullopt: the text is a domain-spec. An empty text is none.
std::optional<SyntaxError> check_domain_spec(std::string_view text);

/// What macro letters stand for.
struct MacroValues {
  std::string local_part;     ///< l; never empty
  std::string sender_domain;  ///< o
  std::string domain;         ///< d
  std::string ip;             ///< i
  std::string ip_text;        ///< c
  std::string ip_zone;        ///< v: "in-addr" or "ip6"
  std::string helo;           ///< h
  std::string receiver;       ///< r
  std::string validated;      ///< p
  std::int64_t now_s = 0;     ///< t
};

/// A macro with one of these letters, small ones, stands in a text that was checked.
bool uses_macro(std::string_view text, std::string_view letters);

/// What an explain-string that was checked says, its first `octets_max` octets.
std::string expand_explanation(std::string_view text, const MacroValues& values,
                               std::size_t octets_max);

/// The domain name that a domain-spec stands for: without a final dot, cut to 253 octets by whole
/// labels from the left. Need not be one that DNS could have.
std::string expand_domain(std::string_view spec, const MacroValues& values);

}  // namespace hikyaku::spf
