// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hikyaku::imap {

/// What is in a message's index entry or computed once: cheap to give.
enum class FetchAttribute : std::uint32_t {
  kFlags = 1U << 0,
  kUid = 1U << 1,
  kInternalDate = 1U << 2,
  kSize = 1U << 3,  ///< RFC822.SIZE
  kEnvelope = 1U << 4,
  kBody = 1U << 5,  ///< BODY: the structure without extension data
  kBodyStructure = 1U << 6,
  kModSeq = 1U << 7,    ///< RFC 7162 §3.1.4.2
  kEmailId = 1U << 8,   ///< RFC 8474 §5.1
  kThreadId = 1U << 9,  ///< RFC 8474 §5.2
};

/// Octets of a message: BODY[...], BINARY[...] and the RFC 822 items of RFC 3501.
struct FetchSection {
  /// By which name the client asked, which is also the name in the reply.
  enum class Item : unsigned char {
    kBody,
    kBinary,      ///< transfer encoding undone (RFC 9051 §6.4.5.1)
    kBinarySize,  ///< the size alone
    kRfc822,      ///< RFC822 = BODY[]
    kRfc822Header,
    kRfc822Text,
  };
  enum class Part : unsigned char {
    kWhole,  ///< the whole message or part
    kHeader,
    kHeaderFields,
    kHeaderFieldsNot,
    kText,
    kMime,
  };
  struct Partial {
    std::uint64_t offset = 0;
    std::uint64_t octets_max = 0;
    bool operator==(const Partial&) const = default;
  };

  Item item = Item::kBody;
  Part part = Part::kWhole;
  bool peek = false;                        ///< true: does not set \Seen
  std::vector<std::uint32_t> part_numbers;  ///< "1.2.3"; empty: the message itself
  std::vector<std::string> fields;          ///< of kHeaderFields and kHeaderFieldsNot, as written
  std::optional<Partial> partial;
  bool operator==(const FetchSection&) const = default;
};

/// The items of one FETCH, duplicates removed, macros expanded.
struct FetchItems {
  std::uint32_t attributes = 0;
  std::vector<FetchSection> sections;  ///< in the client's order

  [[nodiscard]] bool has(FetchAttribute a) const {
    return (attributes & static_cast<std::uint32_t>(a)) != 0;
  }
  void add(FetchAttribute a) { attributes |= static_cast<std::uint32_t>(a); }
  /// Does one of the sections set \Seen (RFC 9051 §6.4.5)?
  [[nodiscard]] bool sets_seen() const;
  bool operator==(const FetchItems&) const = default;
};

/// Appends the name that the reply gives: `BODY[1.HEADER.FIELDS (From To)]<0>`.
void append_section_name(std::string& out, const FetchSection& section);

}  // namespace hikyaku::imap
