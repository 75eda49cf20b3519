// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hikyaku::dmarc {

/// Domain Owner Assessment Policy (RFC 9989 §4.7).
enum class Policy : unsigned char { kNone, kQuarantine, kReject };
/// "none", "quarantine", "reject".
std::string_view name_of(Policy policy);

enum class Mode : unsigned char { kRelaxed, kStrict };
enum class Psd : unsigned char { kUnknown, kYes, kNo };

/// Where reports are to go.
struct ReportUri {
  std::string uri;                            ///< "mailto:dmarc@example.org"
  std::optional<std::uint64_t> octets_max{};  ///< "!10m" of RFC 7489 §6.3, which RFC 9989 ignores
  bool operator==(const ReportUri&) const = default;
};

/// A DMARC Policy Record (RFC 9989 §4.7, and what RFC 7489 §6.3 had besides).
struct Record {
  std::optional<Policy> policy{};              ///< p
  std::optional<Policy> subdomain_policy{};    ///< sp
  std::optional<Policy> nonexistent_policy{};  ///< np
  /// p, sp or np is there, and no policy.
  bool policy_is_broken = false;
  Mode dkim = Mode::kRelaxed;  ///< adkim
  Mode spf = Mode::kRelaxed;   ///< aspf
  Psd psd = Psd::kUnknown;
  bool testing = false;               ///< t=y
  unsigned percent = 100;             ///< pct, of RFC 7489 only
  bool report_any = false;            ///< fo has "1" instead of "0"
  bool report_dkim = false;           ///< fo has "d"
  bool report_spf = false;            ///< fo has "s"
  std::uint32_t interval_s = 86'400;  ///< ri, of RFC 7489 only
  std::vector<ReportUri> rua{};
  std::vector<ReportUri> ruf{};
  /// What was left out, for the domain's owner: "octet 12: p=rejcet is no policy".
  std::vector<std::string> faults{};

  bool operator==(const Record&) const = default;
};

/// What is looked at of a record's text, of its lists of URIs, and of its faults.
inline constexpr std::size_t kRecordOctetsMax = 8192;
inline constexpr std::size_t kUrisMax = 10;
inline constexpr std::size_t kFaultsMax = 10;

/// Reads a TXT record. nullopt: it does not begin with "v=DMARC1", and is none at all. Everything
/// else that is wrong is left out, as if it were not there (RFC 9989 §4.8).
std::optional<Record> parse_record(std::string_view text);

}  // namespace hikyaku::dmarc
