// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "protocol/imap/limits.h"
#include "protocol/imap/sequence_set.h"

namespace hikyaku::imap {

/// Reads the tokens of one command, whose literals are all there, in order. The parsers of commands
/// are written on it.
///
/// Shape:   the octets between the command's name and its last CRLF; every call takes a token off
///          the front or leaves all as it was.
/// Errors:  kPermanent, text for the BAD reply.
/// Source:  RFC 9051 §9.
/// Threads: one owner at a time.
class Scanner {
 public:
  explicit Scanner(std::string_view text, std::size_t nesting_max = Limits{}.nesting_max)
      : rest_(text), nesting_left_(nesting_max) {}

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  /// Nothing is left but spaces, or an error that says so.
  [[nodiscard]] Status end() const;

  /// Exactly one space (RFC 9051 §9 SP).
  [[nodiscard]] Status space();
  [[nodiscard]] bool peek(char c) const { return !rest_.empty() && rest_.front() == c; }
  [[nodiscard]] bool peek_digit() const {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }
  [[nodiscard]] bool accept(char c);
  [[nodiscard]] Status expect(char c);
  /// Takes the word if it stands here in any case and no letter or digit, "." or "-" follows.
  [[nodiscard]] bool accept_word(std::string_view word);

  [[nodiscard]] Result<std::string_view> atom();
  /// An atom in upper case.
  [[nodiscard]] Result<std::string> keyword();
  [[nodiscard]] Result<std::string> string();
  [[nodiscard]] Result<std::string> astring();
  /// nullopt is NIL.
  [[nodiscard]] Result<std::optional<std::string>> nstring();
  /// A mailbox name, still in its wire encoding; "inbox" in any case becomes INBOX.
  [[nodiscard]] Result<std::string> mailbox();
  /// A mailbox name or pattern: may have "%" and "*".
  [[nodiscard]] Result<std::string> list_mailbox();
  /// 0 to 2^32-1.
  [[nodiscard]] Result<std::uint32_t> number();
  /// 1 to 2^32-1.
  [[nodiscard]] Result<std::uint32_t> nz_number();
  /// 0 to 2^63-1.
  [[nodiscard]] Result<std::uint64_t> number64();
  [[nodiscard]] Result<SequenceSet> sequence_set();
  /// A flag: an atom, or "\" and an atom.
  [[nodiscard]] Result<std::string_view> flag();

  /// Goes one level of parentheses down, unless that is too deep; leave() goes up again.
  [[nodiscard]] Status enter();
  void leave() { ++nesting_left_; }

 private:
  template <class Accepts>
  [[nodiscard]] std::string_view take_while(Accepts accepts);
  [[nodiscard]] Result<std::string> quoted();
  [[nodiscard]] Result<std::string> literal();
  [[nodiscard]] Result<std::uint64_t> digits(std::uint64_t max);

  std::string_view rest_;
  std::size_t nesting_left_;
};

/// A literal's header at the end of a line.
struct LiteralHeader {
  std::uint64_t octets = 0;
  bool non_sync = false;          ///< "{n+}": the client does not wait (RFC 7888)
  bool binary = false;            ///< "~{n}" (RFC 3516)
  std::size_t header_octets = 0;  ///< length of "{n}" or "~{n+}", without CRLF
};

/// The header that `line` (without its CRLF) ends with, if it does.
[[nodiscard]] std::optional<LiteralHeader> literal_at_end(std::string_view line);

}  // namespace hikyaku::imap
