// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "protocol/imap/date_time.h"
#include "protocol/imap/fetch_items.h"
#include "protocol/imap/flags.h"

namespace hikyaku::imap {

/// Writes one "* n FETCH (...)" (RFC 9051 §7.5.2): begin, items in any order, finish().
///
/// A section's octets need not be in memory: section_begin() writes its name and size, then the
/// caller lets exactly that many octets follow, from anywhere, before the next item.
class FetchWriter {
 public:
  FetchWriter(std::string& out, std::uint32_t message_number);

  FetchWriter& flags(SystemFlags system, std::span<const std::string_view> keywords);
  FetchWriter& uid(Uid uid);
  FetchWriter& size(std::uint64_t octets);
  FetchWriter& internal_date(DateTime date);
  FetchWriter& mod_seq(ModSeq mod_seq);
  /// ids: RFC 8474 §5; an empty thread id is NIL.
  FetchWriter& email_id(std::string_view id);
  FetchWriter& thread_id(std::string_view id);
  /// Text that append_envelope() or append_body() made, now or when the message came.
  FetchWriter& envelope(std::string_view text);
  FetchWriter& body(std::string_view text);
  FetchWriter& body_structure(std::string_view text);

  /// Name, then "{octets}\r\n". The octets follow.
  void section_begin(const FetchSection& section, std::uint64_t octets);
  /// The whole section at once.
  FetchWriter& section(const FetchSection& section, std::string_view octets);
  /// There is no such part: NIL.
  FetchWriter& section_nil(const FetchSection& section);
  FetchWriter& binary_size(const FetchSection& section, std::uint64_t octets);

  void finish();

 private:
  void item(std::string_view name);

  std::string& out_;
  bool first_ = true;
};

}  // namespace hikyaku::imap
