// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/mime/structure.h"

namespace hikyaku::mime {

/// Header fields that a summary is made of.
enum class FieldId : std::uint8_t {
  kContentType,
  kContentTransferEncoding,
  kContentDisposition,
  kContentId,
  kContentDescription,
  kContentLanguage,
  kContentLocation,
  kContentMd5,
  kDate,
  kSubject,
  kFrom,
  kSender,
  kReplyTo,
  kTo,
  kCc,
  kBcc,
  kInReplyTo,
  kMessageId,
  kReferences,
};
inline constexpr std::size_t kFieldIds = 19;

/// What the header of an entity is asked for.
enum class HeaderScope : std::uint8_t {
  kPart,     ///< Content-* only
  kMessage,  ///< and the envelope
  kRoot,     ///< and the fields that are kept for SEARCH, as they are written
};

/// Gathers the fields that matter from the header lines of one entity.
///
/// Shape:  line after line, with line ends -> apply() to a Part, envelope().
/// Memory: what `budget` allows; it is counted down, and what no longer fits is left out.
class EntityHeader {
 public:
  explicit EntityHeader(HeaderScope scope) : scope_(scope) {}

  /// A line, continuation or not; the rest of a cut line may follow as a continuation.
  void line(std::string_view line, std::size_t& budget);
  void continuation(std::string_view text, std::size_t& budget);

  /// Fills in what Content-* fields say; `type`, `subtype` of part are the default type before.
  void apply(Part& part) const;
  [[nodiscard]] Envelope envelope() const;
  [[nodiscard]] std::optional<std::string> references() const;
  /// Of kRoot: see Summary::search_header.
  [[nodiscard]] std::optional<std::string> take_search_header();

 private:
  [[nodiscard]] const std::optional<std::string>& raw(FieldId id) const {
    return fields_[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] std::optional<std::string> text(FieldId id) const;
  [[nodiscard]] AddressList addresses(FieldId id) const;
  void keep(std::string_view text);
  void extend(std::string_view text, std::size_t& budget);

  HeaderScope scope_;
  std::array<std::optional<std::string>, kFieldIds> fields_;  ///< raw values with their folds
  std::string* open_ = nullptr;  ///< the field that continuations belong to
  bool keeping_ = false;         ///< they belong to search_header_ too
  std::optional<std::string> search_header_{std::in_place};
};

}  // namespace hikyaku::mime
