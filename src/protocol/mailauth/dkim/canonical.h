// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace hikyaku::dkim {

enum class Canonicalization : unsigned char { kSimple, kRelaxed };
/// "simple" or "relaxed".
[[nodiscard]] std::string_view name_of(Canonicalization kind);

/// Takes canonical octets, in order; the view is good for the call only.
using Sink = std::function<void(std::string_view octets)>;

/// Brings a body into canonical form as it passes by.
///
/// Shape:   octets in, any chunking -> octets to the sink. Most of them are views into the chunk,
///          so that nothing is copied.
/// Source:  RFC 6376 §3.4.3, §3.4.4. Lines end with CRLF; a bare CR or LF is data.
/// Memory:  none that grows: empty lines are counted, not kept.
/// Threads: one owner at a time.
class BodyCanonicalizer {
 public:
  explicit BodyCanonicalizer(Canonicalization kind) : kind_(kind) {}

  void push(std::string_view octets, const Sink& sink);
  /// The end of the body; afterwards the object is spent.
  void finish(const Sink& sink);

 private:
  [[nodiscard]] bool is_special(char c) const;
  [[nodiscard]] std::size_t run_end(std::string_view octets, std::size_t at) const;
  void release(const Sink& sink);

  Canonicalization kind_;
  std::uint64_t line_ends_ = 0;  ///< CRLFs held back: perhaps those of empty lines at the end
  bool space_ = false;           ///< relaxed: white space held back, behind these line ends
  bool cr_ = false;              ///< a CR whose next octet has not come
  bool any_ = false;             ///< something was handed out
};

/// The canonical form of a header field, without the line end.
///
/// field: as in the message, folds inside, with or without its last line end.
/// Source: RFC 6376 §3.4.1, §3.4.2.
[[nodiscard]] std::string canonical_field(Canonicalization kind, std::string_view field);

}  // namespace hikyaku::dkim
