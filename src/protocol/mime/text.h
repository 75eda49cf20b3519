// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/mime/structure.h"

namespace hikyaku::mime {

/// The form in which text is compared: Unicode NFKC with case folding. "ﬁ" is "fi", "Ａ" is "a",
/// "ß" is "ss", half-width kana are kana.
///
/// Source: UAX #15, the mapping NFKC_Casefold; what RFC 5051 (i;unicode-casemap) asks for, and
/// more.
[[nodiscard]] std::string fold_text(std::string_view utf8);

/// Folds text piece by piece: the pieces together are fold_text of the whole.
///
/// Shape: valid UTF-8 in, cut between characters or anywhere -> folded UTF-8 appended to out.
/// Units: holds back about kFoldHeldOctetsMax octets; a longer run of combining marks, which no
///        language has, is cut there.
class TextFolder {
 public:
  void fold(std::string_view utf8, std::string& out);
  void finish(std::string& out);

 private:
  std::string held_;
};
inline constexpr std::size_t kFoldHeldOctetsMax = 4096;

/// Looks for needles in a stream of text, as IMAP SEARCH does: substrings after folding.
///
/// Shape:  UTF-8 in, any chunking -> which needles have been seen: at the latest after
///         end_of_text(), often sooner. An empty needle is seen at once.
/// Memory: the longest needle and one chunk.
class TextMatcher {
 public:
  /// needles: UTF-8, not yet folded.
  explicit TextMatcher(const std::vector<std::string>& needles);

  void push(std::string_view utf8);
  /// The end of a stretch of text (a part, a field): no match crosses it.
  void end_of_text();

  [[nodiscard]] bool matched(std::size_t needle) const { return matched_[needle]; }
  [[nodiscard]] bool all_matched() const { return open_ == 0; }

 private:
  void scan();

  std::vector<std::string> needles_;  ///< folded
  std::vector<bool> matched_;
  std::size_t open_ = 0;
  std::size_t longest_ = 0;
  TextFolder folder_;
  std::string window_;
  std::size_t scanned_ = 0;  ///< octets of window_ that were searched already
};

/// One needle for many short texts, as decoded header values are.
class TextNeedle {
 public:
  explicit TextNeedle(std::string_view utf8) : folded_(fold_text(utf8)) {}
  [[nodiscard]] bool is_in(std::string_view utf8) const;
  [[nodiscard]] bool empty() const { return folded_.empty(); }

 private:
  std::string folded_;
};

/// Whether a text holds the needle.
[[nodiscard]] bool text_contains(std::string_view utf8, std::string_view needle);

/// Octets of one part's body to UTF-8 text: transfer encoding and charset undone.
class PartTextDecoder {
 public:
  explicit PartTextDecoder(const Part& part);
  PartTextDecoder(PartTextDecoder&&) noexcept;
  PartTextDecoder& operator=(PartTextDecoder&&) noexcept;
  ~PartTextDecoder();

  /// octets: the next ones of the body; text is appended to out.
  void decode(std::string_view octets, std::string& out);
  void finish(std::string& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What of a message is read (RFC 9051 §6.4.4).
enum class TextScope : std::uint8_t {
  kBody,  ///< SEARCH BODY: text parts, and the headers of parts and of embedded messages
  kText,  ///< SEARCH TEXT: these and the message's own header
};

/// Tells the text of a message from its octets, for search and the search index.
///
/// Shape:   the whole message's octets in order, any chunking -> sink(text, kMore | kEnd): UTF-8 in
///          pieces; kEnd closes a stretch (a header field, a part). Header fields have their
///          encoded words decoded. Parts that are neither text nor message give their MIME header
///          only.
/// Memory:  a header field (bounded by kFieldOctetsMax, the rest is dropped) and a piece.
/// Threads: one owner at a time; `structure` must outlive it.
class TextExtractor {
 public:
  enum class Piece : std::uint8_t { kMore, kEnd };
  using Sink = std::function<void(std::string_view text, Piece piece)>;
  static constexpr std::size_t kFieldOctetsMax = 64 * 1024;

  TextExtractor(const Structure& structure, TextScope scope);
  TextExtractor(TextExtractor&&) noexcept;
  TextExtractor& operator=(TextExtractor&&) noexcept;
  ~TextExtractor();

  void push(std::string_view octets, const Sink& sink);
  void finish(const Sink& sink);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace hikyaku::mime
