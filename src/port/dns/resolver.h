// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/task.h"
#include "base/told.h"

namespace hikyaku::dns {

enum class Type : std::uint16_t {
  kA = 1,
  kCname = 5,
  kMx = 15,
  kPtr = 12,
  kTxt = 16,
  kAaaa = 28,
  kTlsa = 52
};

/// What DNS says of a name and type.
struct Answer {
  enum class Status : unsigned char {
    kFound,     ///< records has at least one
    kNoData,    ///< the name exists, without records of this type
    kNxDomain,  ///< the name does not exist
    kFailed,    ///< no answer to be had now: SERVFAIL, timeout. A temporary error.
    kBogus,     ///< DNSSEC says forged. A temporary error for delivery.
  };
  Status status = Status::kFailed;
  bool secure = false;               ///< validated by DNSSEC
  std::vector<std::string> records;  ///< RDATA, wire form, names uncompressed
  std::string canonical_name;        ///< after CNAMEs
  std::uint32_t ttl_s = 0;
  Told why;  ///< for kFailed and kBogus: text for the administrator
};

struct Mx {
  std::uint16_t preference = 0;
  std::string host;  ///< small letters, no final dot; empty = the root: null MX (RFC 7505)
};
Result<Mx> parse_mx(std::string_view rdata);
Result<std::string> parse_name(std::string_view rdata);
Result<std::string> parse_txt(std::string_view rdata);  ///< its strings, joined (RFC 7208 §3.3)
std::string text_of_a(std::string_view rdata);          ///< "192.0.2.1"; empty if malformed
std::string text_of_aaaa(std::string_view rdata);

/// Asks DNS. Comes back on the caller's executor. Answers are cached by the resolver.
///
/// Never an error: what went wrong is in the Answer. A name that is none does not exist. Threads:
/// any.
class Resolver {
 public:
  Resolver() = default;
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  virtual ~Resolver() = default;
  virtual Task<Answer> query(std::string name, Type type, Duration patience) = 0;
};

struct Options {
  std::vector<std::string>
      forwarders;  ///< "192.0.2.1" or "127.0.0.1@5353"; empty = ask the root servers
  std::vector<std::string>
      local_zone_data;  ///< resource records, text form, answered from here: for tests
  /// Zones of which all that local_zone_data does not have does not exist: for tests.
  std::vector<std::string> local_zones;
  std::string root_hints_file;    ///< empty = built in
  std::string trust_anchor_file;  ///< empty = none found: no validation
  bool ipv6 = true;
};
/// Resolves by itself, with DNSSEC validation if there is a trust anchor. When it dies, questions
/// that are still open are answered with kFailed.
/// Errors: kPermanent for options that are wrong, with what to correct.
Result<std::unique_ptr<Resolver>> make_unbound_resolver(Options options);

/// The root's trust anchor as Debian installs it (package dns-root-data), or "".
std::string find_trust_anchor();

}  // namespace hikyaku::dns
