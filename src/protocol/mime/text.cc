// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/text.h"

#include <string.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <algorithm>

#include "base/assert.h"
#include "base/utf8.h"
#include "protocol/mime/charset.h"

namespace hikyaku::mime {
namespace {

const icu::Normalizer2& folding() {
  static const icu::Normalizer2& instance = [] -> const icu::Normalizer2& {
    UErrorCode status = U_ZERO_ERROR;
    const auto* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
    HK_ASSERT(U_SUCCESS(status) && normalizer != nullptr);  // data built into ICU
    return *normalizer;
  }();
  return instance;
}

/// The folding of ASCII is lower case.
void append_lower(std::string_view ascii, std::string& out) {
  const auto begin = out.size();
  out.append(ascii);
  for (auto i = begin; i < out.size(); ++i) {
    const char c = out[i];
    out[i] = static_cast<char>(c + (c >= 'A' && c <= 'Z' ? 32 : 0));
  }
}

void append_folded(std::string_view utf8, std::string& out) {
  if (ascii_octets(utf8) == utf8.size()) return append_lower(utf8, out);
  while (!utf8.empty()) {
    const auto piece = utf8.substr(0, 1U << 30U);
    icu::StringByteSink<std::string> sink(&out);
    UErrorCode status = U_ZERO_ERROR;
    folding().normalizeUTF8(0, {piece.data(), static_cast<std::int32_t>(piece.size())}, sink,
                            nullptr, status);
    utf8.remove_prefix(piece.size());
  }
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

char32_t code_point(std::string_view character) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  switch (character.size()) {
    case 1: return at(0);
    case 2: return (at(0) & 31U) << 6U | (at(1) & 63U);
    case 3: return (at(0) & 15U) << 12U | (at(1) & 63U) << 6U | (at(2) & 63U);
    default:
      return (at(0) & 7U) << 18U | (at(1) & 63U) << 12U | (at(2) & 63U) << 6U | (at(3) & 63U);
  }
}

/// A place near the end before which the text can be folded on its own; 0 if there is none yet.
std::size_t fold_boundary(std::string_view text) {
  const auto floor = text.size() > kFoldHeldOctetsMax ? text.size() - kFoldHeldOctetsMax : 0;
  std::size_t last_character = 0;
  for (auto i = text.size(); i > floor;) {
    --i;
    while (i > floor && is_continuation(text[i])) --i;
    const auto s = first_sequence(text.substr(i));
    if (s.kind == Utf8Sequence::Kind::kIncomplete) continue;
    if (s.kind == Utf8Sequence::Kind::kInvalid) return i;
    if (last_character == 0) last_character = i;
    const auto c = static_cast<UChar32>(code_point(text.substr(i, s.octets)));
    if (c < 0x80 || folding().hasBoundaryBefore(c) != 0) return i;
  }
  return floor == 0 ? 0 : last_character;
}

}  // namespace

std::string fold_text(std::string_view utf8) {
  std::string out;
  append_folded(utf8, out);
  return out;
}

void TextFolder::fold(std::string_view utf8, std::string& out) {
  if (utf8.empty()) return;
  if (held_.empty() && ascii_octets(utf8) == utf8.size()) {
    // What follows may combine with the last character.
    append_lower(utf8.substr(0, utf8.size() - 1), out);
    held_ = utf8.back();
    return;
  }
  held_.append(utf8);
  const auto cut = fold_boundary(held_);
  if (cut == 0) return;
  append_folded(std::string_view(held_).substr(0, cut), out);
  held_.erase(0, cut);
}

void TextFolder::finish(std::string& out) {
  append_folded(held_, out);
  held_.clear();
}

TextMatcher::TextMatcher(const std::vector<std::string>& needles)
    : matched_(needles.size()), open_(needles.size()) {
  for (std::size_t i = 0; i < needles.size(); ++i) {
    needles_.push_back(fold_text(needles[i]));
    longest_ = std::max(longest_, needles_.back().size());
    if (!needles_.back().empty()) continue;
    matched_[i] = true;
    --open_;
  }
}

void TextMatcher::push(std::string_view utf8) {
  if (open_ == 0) return;
  folder_.fold(utf8, window_);
  if (window_.size() - scanned_ >= longest_) scan();
}

void TextMatcher::end_of_text() {
  folder_.finish(window_);
  scan();
  window_.clear();
  scanned_ = 0;
}

void TextMatcher::scan() {
  for (std::size_t i = 0; i < needles_.size(); ++i) {
    const auto& needle = needles_[i];
    if (matched_[i]) continue;
    // A match ends in what is new.
    const auto from = scanned_ - std::min(scanned_, needle.size() - 1);
    if (memmem(window_.data() + from, window_.size() - from, needle.data(), needle.size()) !=
        nullptr) {
      matched_[i] = true;
      --open_;
    }
  }
  if (window_.size() >= longest_) window_.erase(0, window_.size() - longest_ + 1);
  scanned_ = window_.size();
}

bool TextNeedle::is_in(std::string_view utf8) const {
  const auto text = fold_text(utf8);
  return memmem(text.data(), text.size(), folded_.data(), folded_.size()) != nullptr;
}

bool text_contains(std::string_view utf8, std::string_view needle) {
  return TextNeedle(needle).is_in(utf8);
}

struct PartTextDecoder::State {
  explicit State(const Part& part) : transfer(part.encoding), charset(part.charset()) {}

  TransferDecoder transfer;
  CharsetDecoder charset;
  std::string octets;
};

PartTextDecoder::PartTextDecoder(const Part& part) : state_(std::make_unique<State>(part)) {}
PartTextDecoder::PartTextDecoder(PartTextDecoder&&) noexcept = default;
PartTextDecoder& PartTextDecoder::operator=(PartTextDecoder&&) noexcept = default;
PartTextDecoder::~PartTextDecoder() = default;

void PartTextDecoder::decode(std::string_view octets, std::string& out) {
  state_->octets.clear();
  state_->transfer.decode(octets, state_->octets);
  state_->charset.decode(state_->octets, out);
}

void PartTextDecoder::finish(std::string& out) {
  state_->octets.clear();
  state_->transfer.finish(state_->octets);
  state_->charset.decode(state_->octets, out);
  state_->charset.finish(out);
}

}  // namespace hikyaku::mime
