// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace hikyaku::smtp {

/// The dialogue of a delivery attempt as text, for the trail and the administrator: one line per
/// line, "C: " or "S: " in front. Bounded: what comes after the limit is counted, not kept.
class Transcript {
 public:
  explicit Transcript(std::size_t octets_max) : octets_max_(octets_max) {}
  void client(std::string_view line) { add("C: ", line); }
  void server(std::string_view line) { add("S: ", line); }
  void note(std::string_view line) { add("-- ", line); }
  [[nodiscard]] const std::string& text() const { return text_; }
  void clear() {
    text_.clear();
    full_ = false;
  }

 private:
  void add(std::string_view who, std::string_view line);
  std::size_t octets_max_;
  std::string text_;
  bool full_ = false;
};

}  // namespace hikyaku::smtp
