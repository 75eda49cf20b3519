// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>
#include <vector>

#include "protocol/mailauth/spf/ip.h"
#include "protocol/mailauth/spf/macro.h"

namespace hikyaku::spf {

/// The results of check_host() (RFC 7208 §2.6).
enum class Verdict : unsigned char {
  kNone,
  kNeutral,
  kPass,
  kFail,
  kSoftfail,
  kTemperror,
  kPermerror
};
/// "none", "neutral", ...: the words of Received-SPF and Authentication-Results.
std::string_view name_of(Verdict verdict);

enum class Mechanism : unsigned char { kAll, kInclude, kA, kMx, kPtr, kIp4, kIp6, kExists };

/// One directive of a record. Views are into the record's text.
struct Directive {
  std::string_view text;  ///< as written: "-ip4:192.0.2.0/24"
  Verdict qualifier = Verdict::kPass;
  Mechanism mechanism = Mechanism::kAll;
  std::string_view domain_spec;  ///< empty: the domain itself
  Ip network;                    ///< kIp4, kIp6
  unsigned bits_v4 = 32;         ///< kIp4, kA, kMx
  unsigned bits_v6 = 128;        ///< kIp6, kA, kMx
};

struct Record {
  std::vector<Directive> directives;
  std::string_view redirect;     ///< its domain-spec; empty: none, or void because of an "all"
  std::string_view explanation;  ///< its domain-spec; empty: none
};

/// What is longer is no record of anybody: RFC 7208 §3.4 asks for 450 octets.
inline constexpr std::size_t kRecordOctetsMax = 16'384;

/// It begins with the version section (RFC 7208 §4.5).
bool is_spf_record(std::string_view text);

/// Reads all of a text that is_spf_record: one fault, and there is no record (§4.6).
std::expected<Record, SyntaxError> parse_record(std::string_view text);

}  // namespace hikyaku::spf
