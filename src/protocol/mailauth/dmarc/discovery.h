// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/mailauth/dmarc/record.h"
#include "protocol/mailauth/lookup/facts.h"

namespace hikyaku::dmarc {

/// The one DMARC Policy Record at a domain.
struct Found {
  std::string domain;
  Record record;
  bool operator==(const Found&) const = default;
};

/// What came of looking for records.
enum class Search : unsigned char {
  kDone,     ///< the answers are there
  kFailed,   ///< one is not to be had now
  kMissing,  ///< one is not known yet
};

/// What DNS has at "_dmarc." of one domain.
struct Lookup {
  Search search = Search::kDone;
  std::size_t records = 0;       ///< that begin with "v=DMARC1"
  std::optional<Record> only{};  ///< when there is exactly one
  std::string problem{};         ///< of kFailed
};

/// The names that a tree walk from a domain asks at, at most eight (RFC 9989 §4.10).
std::vector<std::string> walk_names(std::string_view domain);

/// A tree walk: valid records, from the longest name to the shortest, up to one with psd=y or
/// psd=n.
struct Walk {
  Search search = Search::kDone;
  std::string start{};
  std::vector<Found> found{};
  std::string problem{};

  /// RFC 9989 §4.10.2.
  [[nodiscard]] std::string organizational_domain() const;
};

/// Asks DNS, and remembers what it was asked. Domains are as a_labels() gives them.
class Discovery {
 public:
  explicit Discovery(lookup::Asker& asker) : asker_(&asker) {}

  Lookup look(const std::string& domain);
  /// Asks for all names at once.
  Walk walk(const std::string& domain);
  /// Null: missing. For the existence of a domain (RFC 9989 §3.2.13): any type will do.
  const lookup::Answer* ask(std::string_view name, lookup::Type type);

  /// Each once, in the order they were needed.
  [[nodiscard]] const std::vector<lookup::Question>& asked() const { return asked_; }

 private:
  lookup::Asker* asker_;
  std::vector<lookup::Question> asked_;
};

}  // namespace hikyaku::dmarc
