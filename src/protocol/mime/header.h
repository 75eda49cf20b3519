// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::mime {

/// One field of a header block; every view points into the block.
struct HeaderField {
  std::string_view name;   ///< as written, without white space before the colon; empty: not a field
  std::string_view value;  ///< all after the colon, folds inside, without the last line end
  std::string_view raw;    ///< the whole field with its last line end: raws in order are the block
  std::size_t offset = 0;  ///< of raw in the block
};

/// Walks the fields of a header block without copying.
///
/// Shape:     the block may be a whole message: the walk ends at the first empty line.
/// Errors:    none. A line that is no field and continues none (an mbox "From " line, a line
///            without colon) is handed out with an empty name, and its text as the value.
/// Source:    RFC 5322 §2.2, §2.2.3, §4.5 (white space before the colon). Lines end with CRLF or
/// LF;
///            a bare CR is data.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view block) : block_(block) {}

  /// The next field; nullopt at the end of the header.
  [[nodiscard]] std::optional<HeaderField> next();
  /// Where the reader stands: after the last nullopt, the offset of the empty line (or the end).
  [[nodiscard]] std::size_t offset() const { return at_; }

 private:
  std::string_view block_;
  std::size_t at_ = 0;
};

/// Equal but for ASCII case.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

/// The name of the field that begins this line, without white space before the colon; empty if the
/// line begins no field.
[[nodiscard]] std::string_view field_name(std::string_view line);

/// The first field of that name (any case).
[[nodiscard]] std::optional<HeaderField> find_field(std::string_view block, std::string_view name);

/// The unfolded value of the first field of that name.
[[nodiscard]] std::optional<std::string> field_text(std::string_view block, std::string_view name);

/// Octets of the header of a message, with the empty line; all of it if there is no empty line.
[[nodiscard]] std::size_t header_octets(std::string_view message);

/// The value in one line: line ends of folds go (RFC 5322 §2.2.3), white space at both ends goes,
/// bare CR, LF and NUL become spaces.
[[nodiscard]] std::string unfold(std::string_view value);

/// Octet helpers that all parsers of this folder share.
[[nodiscard]] std::string_view trim(std::string_view text);  ///< space, tab, CR, LF at both ends
[[nodiscard]] std::string to_lower_ascii(std::string_view text);

}  // namespace hikyaku::mime
