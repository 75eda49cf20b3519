// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "protocol/mime/structure.h"

namespace hikyaku::mime {

/// What a Summarizer keeps at most; beyond, the message is still a message, told more coarsely.
struct SummarizerLimits {
  std::size_t depth_max = 50;      ///< deeper entities are not taken apart
  std::size_t parts_max = 10'000;  ///< later delimiters are read as text
  std::size_t kept_header_octets_max = 1U
                                       << 20U;  ///< of all fields that matter, all parts together
};

/// Reads a message once as it passes and tells its structure and envelope.
///
/// Shape:     octets in, any chunking -> one Summary. The body is not kept.
/// Errors:    none: whatever comes is a message, at worst one text/plain part.
/// Units:     offsets count the octets that were pushed.
/// Source:    RFC 2045, RFC 2046 §5.1, RFC 5322; lines end with CRLF or LF, a bare CR is data.
///            Delimiters are found inside headers and embedded messages too (RFC 2046 §5.1.2); of
///            several boundaries that begin a line, the longest counts.
/// Threads:   one owner at a time.
class Summarizer {
 public:
  explicit Summarizer(SummarizerLimits limits = {});
  Summarizer(Summarizer&&) noexcept;
  Summarizer& operator=(Summarizer&&) noexcept;
  ~Summarizer();

  void push(std::string_view octets);
  /// The end of the message. Afterwards the object is spent.
  [[nodiscard]] Summary finish();

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// A message that is at hand.
[[nodiscard]] Summary summarize(std::string_view message);

}  // namespace hikyaku::mime
