// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/mailauth/dkim/canonical.h"
#include "protocol/mailauth/dkim/crypto.h"
#include "protocol/mime/header.h"

namespace hikyaku::dkim {

inline constexpr std::size_t kHeaderOctetsMax = 1024 * 1024;

/// The header of a message, taken apart once, with its fields by name.
class Header {
 public:
  /// block: as in the message; what comes behind an empty line is not looked at.
  explicit Header(std::string block);

  [[nodiscard]] const std::vector<mime::HeaderField>& fields() const { return fields_; }
  /// Places in fields(), from the top; name in small letters.
  [[nodiscard]] const std::vector<std::size_t>& named(std::string_view name) const;
  /// It was over kHeaderOctetsMax: it has no fields, and nothing can be said about it.
  [[nodiscard]] bool too_large() const { return too_large_; }

 private:
  friend class MessageReader;
  std::unique_ptr<const std::string> block_;  ///< on the heap, so that a move leaves the views good
  std::vector<mime::HeaderField> fields_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
  bool too_large_ = false;
};

/// A body hash that somebody will ask for: all of the canonical body, or its first `length` octets
/// (l=, RFC 6376 §3.5).
struct BodyWish {
  Canonicalization canonicalization = Canonicalization::kSimple;
  std::optional<std::uint64_t> length;
  bool operator==(const BodyWish&) const = default;
};

struct BodyDigest {
  Digest digest{};
  std::uint64_t octets = 0;  ///< of the whole canonical body
};

/// What signatures are computed from: the header, and hashes of the body.
class Message {
 public:
  [[nodiscard]] const Header& header() const { return header_; }
  /// nullopt: the body is shorter than the wish, or nobody wished it.
  [[nodiscard]] std::optional<BodyDigest> body(const BodyWish& wish) const;

 private:
  friend class MessageReader;
  struct Entry {
    BodyWish wish;
    BodyDigest digest;
  };
  explicit Message(Header header) : header_(std::move(header)) {}
  Header header_;
  std::vector<Entry> bodies_;
};

/// Says which body hashes a header calls for.
using Wishes = std::function<std::vector<BodyWish>(const Header&)>;

/// Reads a message once as it passes; nothing of the body is kept.
///
/// Shape:   the message's octets in order, any chunking -> one Message.
/// Errors:  none; a header that is too large is told by Header::too_large().
/// Cost:    each canonical form that is wished for is hashed once, whatever the number of wishes.
/// Threads: one owner at a time. crypto outlives it.
class MessageReader {
 public:
  MessageReader(const Crypto& crypto, std::vector<Wishes> wishes);
  MessageReader(MessageReader&&) noexcept;
  ~MessageReader();

  void push(std::string_view octets);
  /// The end of the message; afterwards the object is spent.
  [[nodiscard]] Message finish();

 private:
  class BodyHasher;
  std::string_view take_header(std::string_view octets);
  void end_header();

  const Crypto* crypto_;
  std::vector<Wishes> wishes_;
  std::string block_;
  std::optional<Header> header_;
  std::vector<BodyHasher> bodies_;
};

/// A message that is at hand.
[[nodiscard]] Message read_message(const Crypto& crypto, std::vector<Wishes> wishes,
                                   std::string_view octets);

}  // namespace hikyaku::dkim
