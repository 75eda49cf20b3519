// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace hikyaku::dkim {

/// Writes a signing field, folded so that lines have at most 78 octets (RFC 5322 §2.1.1) wherever
/// a value can be broken: between tags, at the colons of h=, anywhere in base64 if that is wanted.
///
/// The value of b= comes last of all, at the place where signature() was called: what is signed is
/// unsigned_field(), what is sent is finish().
class FieldWriter {
 public:
  enum class Base64 : unsigned char {
    kFolded,
    kWhole,  ///< in one piece: RSA with 4096 bits has 684 octets, a line may have 998
  };
  explicit FieldWriter(std::string_view field_name, Base64 base64 = Base64::kFolded);

  void tag(std::string_view name, std::string_view value);
  void list(std::string_view name, std::span<const std::string> elements);
  void base64(std::string_view name, std::string_view octets);
  void signature();

  /// Without line end.
  [[nodiscard]] std::string unsigned_field() const { return out_; }
  /// With line end.
  [[nodiscard]] std::string finish(std::string_view signature) const;

 private:
  void begin_tag(std::string_view name, std::size_t room);
  void fold();

  [[nodiscard]] std::string broken(std::size_t column, std::string_view text) const;

  std::string out_;
  Base64 base64_;
  std::size_t column_ = 0;
  std::size_t signature_at_ = 0;
  bool first_ = true;
  bool fold_next_ = false;
};

}  // namespace hikyaku::dkim
