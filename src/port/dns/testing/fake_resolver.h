// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "port/dns/resolver.h"

namespace hikyaku::dns {

/// Answers from a table, at once. Names that no record mentions do not exist.
///
/// `add("example.org", Type::kMx, "10 mx.example.org")` takes the text form of A, AAAA, MX, PTR,
/// CNAME and TXT; CNAMEs are followed. Threads: one.
class FakeResolver final : public Resolver {
 public:
  FakeResolver& add(std::string_view name, Type type, std::string_view text);
  FakeResolver& add_rdata(std::string_view name, Type type, std::string rdata);
  /// Every question for this name and type has this answer.
  FakeResolver& set(std::string_view name, Type type, Answer answer);
  /// The same: SERVFAIL.
  FakeResolver& fail(std::string_view name, Type type);
  /// All answers are validated by DNSSEC from now on.
  FakeResolver& secure();
  /// The n-th question from now on (0 = the next) fails. For failure walks.
  FakeResolver& fail_at(std::size_t n);

  Task<Answer> query(std::string name, Type type, Duration patience) override;
  [[nodiscard]] const std::vector<std::string>& asked() const { return asked_; }  ///< "name MX"

 private:
  Answer answer(std::string name, Type type) const;
  std::map<std::pair<std::string, Type>, Answer> answers_;
  std::vector<std::string> asked_;
  std::size_t fail_at_ = static_cast<std::size_t>(-1);
  bool secure_ = false;
};

/// RDATA, wire form, of a record's text form. Asserts on bad text.
[[nodiscard]] std::string rdata_of(Type type, std::string_view text);

}  // namespace hikyaku::dns
